import { configValid } from "../config/checks.ts"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { plugins as section, refusal } from "./config.ts"

export const pluginsUsable = check({
  id: "plugins.usable",
  title: "Plugins that are installed can be used",
  severity: "warn",
  after: [configValid],
  needs: { paths: Paths, config: section },
  async detect({ paths, config }) {
    const { findPlugins } = await import("./load.ts")
    const found = findPlugins(paths.state).flatMap(({ id, problem }) =>
      problem && !refusal(config, id) ? [{ id, problem }] : [],
    )
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    found.map(({ id, problem }) => `The plugin ${id} is left out: ${problem}`).join(" "),
  next: ({ found: [first] }) =>
    `Install it anew (fased plugins install ${first!.id}), or remove it: fased plugins remove ${first!.id}`,
})
