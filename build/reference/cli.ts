import { derivedNodes } from "../../src/cli/derive.ts"
import { renderHelp } from "../../src/cli/help.ts"
import { createPaint } from "../../src/cli/paint.ts"
import { type Node, root } from "../../src/cli/tree.ts"
import { fence, page } from "./markdown.ts"

/** Each command's `--help`, as a terminal 100 columns wide shows it. */
const sections = async (path: readonly string[], node: Node): Promise<string[]> => {
  const derived = node.derives ? derivedNodes(path.join(".")) : {}
  const command = await node.load?.()
  const help = renderHelp({ path, node, command, derived, version: "", width: 100, paint })
  // A command of our own stands before, and instead of, one made from a method.
  const all = { ...node.children, ...derived, ...node.children }
  const children = Object.entries(all).filter(([, child]) => !child.hidden)
  const below = await Promise.all(children.map(([name, child]) => sections([...path, name], child)))
  return [`## ${["fased", ...path].join(" ")}`, fence("text", help), ...below.flat()]
}

const paint = createPaint(false)

export const cliPage = async () =>
  page("Commands", "What `--help` says, for every command.", await sections([], root))
