import { agents } from "../agents/config.ts"
import type { ToolLists } from "../agents/tools.ts"
import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { tools } from "./config.ts"
import { namingNothing } from "./policy.ts"
import { Toolbox } from "./toolbox.ts"

export const namesKnown = check({
  id: "tools.names-known",
  title: "Lists of tools name tools that exist",
  severity: "warn",
  after: [configValid],
  needs: { tools, agents, toolbox: Toolbox },
  detect({ tools, agents, toolbox }) {
    const places: [string, ToolLists & { alsoAllow?: readonly string[] }][] = [
      ["tools", tools],
      ...Object.entries(tools.byProvider).map(
        ([key, rules]) => [`tools.byProvider["${key}"]`, rules] as [string, ToolLists],
      ),
      ["tools.subagents.tools", tools.subagents.tools],
      ...agents.list.flatMap(({ id, tools: rules }) =>
        rules ? [[`agents.list[${id}].tools`, rules] as [string, ToolLists]] : [],
      ),
    ]
    const slips = places.flatMap(([place, { allow, deny, alsoAllow = [] }]) =>
      Object.entries({ allow, deny, alsoAllow }).flatMap(([list, names]) =>
        namingNothing(names, toolbox.all).map((name) => `${place}.${list}: ${name}`),
      ),
    )
    return slips.length ? { slips } : null
  },
  explain: ({ slips }) =>
    `These name what is not there: ${slips.join("; ")}. ` +
    "Such an entry allows or denies nothing, and a list of nothing else lets no tool through.",
  next: () => "See the names with: fased tools list --all",
})
