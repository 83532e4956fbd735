import type { ArgDef } from "citty"
import { loadAside } from "../../kernel/aside.ts"
import { command } from "../command.ts"
import type { AnyCommand } from "../command.ts"
import { globalFlags } from "../globals.ts"
import type * as Library from "../library/tab.ts"
import { root } from "../tree.ts"
import type { Node } from "../tree.ts"

type Tab = (typeof Library)["tab"]

/** What the completion script calls on <Tab>, with the words typed so far. */
export const complete = command({
  args: {},
  words: true,
  async run({ _: words }) {
    const { tab } = await loadAside<typeof Library>("cli/library/tab")
    for (const [flag, summary] of globalFlags) {
      const name = flag.split(/[ ,]+/).find((word) => word.startsWith("--"))!
      tab.option(name.slice(2), summary)
    }
    await add(tab, "", root, words)
    tab.parse(words)
  },
})

/** Describes the whole tree, and the flags of just the command being typed: only that one is loaded. */
const add = async (tab: Tab, path: string, node: Node, words: readonly string[]) => {
  for (const [name, child] of Object.entries(node.children ?? {})) {
    if (child.hidden) continue
    const full = path ? `${path} ${name}` : name
    const described = tab.command(full, child.summary)
    const typed = full.split(" ").every((word, at) => words[at] === word)
    if (typed && child.load) addFlags(described, await child.load())
    await add(tab, full, child, words)
  }
}

const addFlags = (described: ReturnType<Tab["command"]>, { args }: AnyCommand) => {
  for (const [name, def] of Object.entries<ArgDef>(args)) {
    if (def.type === "positional") continue
    const choices = def.type === "enum" ? (def.options ?? []) : []
    const offer = (give: (value: string, description: string) => void) =>
      choices.forEach((choice) => give(choice, ""))
    if (def.type === "boolean") described.option(name, def.description ?? "")
    else described.option(name, def.description ?? "", offer)
  }
}
