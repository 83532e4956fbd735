import type { AnyTool, ToolSource } from "../kernel/tool.ts"
import { aliases } from "./policy.ts"

/** What every provider takes as the name of a tool. */
const longest = 64

/** A tool of a plugin keeps its name; one of an MCP server gets the server's before it. */
const named = ({ kind, id }: ToolSource, name: string, isTaken: (name: string) => boolean) => {
  const own = clean(name)
  const whole = clean(`${clean(id)}__${own}`)
  const wanted = kind === "plugin" && !isTaken(own) ? own : whole
  for (let number = 2, free = wanted; ; number++) {
    if (!isTaken(free)) return free
    free = `${wanted.slice(0, longest - 4)}_${number}`
  }
}

const clean = (name: string) => name.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, longest) || "tool"

/**
 * The tools of a source under names that are theirs alone: nothing that comes from outside can pass
 * for a tool of the binary, in any spelling.
 */
export const adopted = (
  source: ToolSource,
  tools: readonly AnyTool[],
  others: readonly AnyTool[],
): AnyTool[] => {
  const taken = new Set([...Object.keys(aliases), ...others.map(({ name }) => name.toLowerCase())])
  // Whoever allows `exec` means the tool, not all that a plugin of that name brings.
  const id = taken.has(source.id.toLowerCase()) ? `${source.kind}:${source.id}` : source.id
  return tools.map((tool) => {
    const name = named(source, tool.name, (name) => taken.has(name.toLowerCase()))
    taken.add(name.toLowerCase())
    return { ...tool, name, source: { ...source, ...tool.source, kind: source.kind, id } }
  })
}
