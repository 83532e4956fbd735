import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { tools } from "./config.ts"
import { namingNothing } from "./policy.ts"
import { Toolbox } from "./toolbox.ts"

export const namesKnown = check({
  id: "tools.names-known",
  title: "tools.allow and tools.deny name tools that exist",
  severity: "warn",
  after: [configValid],
  needs: { tools, toolbox: Toolbox },
  detect({ tools, toolbox }) {
    const unknown = namingNothing(tools, toolbox.all)
    return unknown.length ? { unknown } : null
  },
  explain: ({ unknown }) =>
    `tools.allow or tools.deny names what this version does not have: ${unknown.join(", ")}. ` +
    "Such an entry allows or denies nothing.",
  next: () => "See the names with: fased gateway call tools.catalog",
})
