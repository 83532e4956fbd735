import { expect, test } from "bun:test"
import { createPaint } from "../../src/cli/paint.ts"
import { readArguments } from "../../src/cli/arguments.ts"
import { takeGlobals } from "../../src/cli/globals.ts"
import { renderHelp } from "../../src/cli/help.ts"
import { root } from "../../src/cli/tree.ts"
import type { Node } from "../../src/cli/tree.ts"

type Leaf = [name: string, path: string[], node: Node]

/** Every command that does something, with its words. */
const leavesOf = (node: Node, path: string[] = []): Leaf[] => [
  ...(node.load && path.length ? [[path.join(" "), path, node] satisfies Leaf] : []),
  ...Object.entries(node.children ?? {}).flatMap(([word, child]) =>
    child.hidden ? [] : leavesOf(child, [...path, word]),
  ),
]
const leaves = leavesOf(root)

/** The words of `fased` in a line of shell, without quotes and the choice of an instance. */
const wordsIn = (line: string) => {
  const [, typed = ""] = /(?:^|[|(] *|sudo )fased ([^|)>]*)/.exec(line) ?? []
  const words = typed.match(/'[^']*'|"[^"]*"|\S+/g) ?? []
  return takeGlobals(words.map((word) => word.replace(/^(['"])(.*)\1$/, "$2"))).rest
}

test.each(leaves)(
  "fased %s shows by examples how it is used, and each of them is right",
  async (_, __, node) => {
    const { examples = [] } = await node.load!()
    expect(examples).not.toEqual([])
    for (const [line, purpose] of examples) {
      expect(purpose).toMatch(/^\S.*[^.]$/)
      const words = wordsIn(line)
      const [, meant, leaf] =
        leaves.findLast(([, path]) => path.every((word, at) => words[at] === word)) ?? []
      expect({ line, known: leaf !== undefined }).toEqual({ line, known: true })
      const command = await leaf!.load!()
      expect(() => readArguments(words.slice(meant!.length), command.args, command)).not.toThrow()
    }
  },
)

test.each(leaves)("the help of fased %s fits 80 columns", async (_, path, node) => {
  const command = await node.load!()
  const page = renderHelp({
    path,
    node,
    command,
    version: "1",
    width: 80,
    paint: createPaint(false),
  })
  const wide = page.split("\n").filter((line) => line.length > 80)
  const copied = (command.examples ?? []).map(([line]) => `  ${line}`)
  expect(wide.filter((line) => !copied.includes(line))).toEqual([])
})
