import { expect, test } from "bun:test"
import { createOutput } from "../../src/cli/output.ts"
import { replyWriter } from "../../src/cli/reply-writer.ts"

/** What is on the terminal after these pieces. */
const shown = (
  pieces: Iterable<string>,
  { columns = 20, isTTY = true, colour = false }: Record<string, unknown> = {},
) => {
  let screen = ""
  const stdout = {
    isTTY: Boolean(isTTY),
    columns: Number(columns),
    write: (t: string) => (screen += t),
  }
  const writer = replyWriter(createOutput({ stdout, stderr: stdout }, {}, !colour))
  for (const piece of pieces) writer.add(piece)
  writer.end()
  return screen
}

const text = `I am the guide of this gateway.

- a list that goes on and on
  - and deeper it goes on too

\`\`\`sh
fased config set a.very.long.path <key>
  indented
\`\`\`
**Next:** do it.`

const wrapped = `I am the guide of
this gateway.

- a list that goes
  on and on
  - and deeper it
    goes on too

  fased config set a.very.long.path <key>
    indented
**Next:** do it.
`

test("words wrap at the terminal's edge, lists under themselves, and code stays whole", () => {
  expect(shown([text])).toBe(wrapped)
})

test("it makes no difference in which pieces a reply comes", () => {
  expect(shown(text)).toBe(wrapped)
  expect(shown(text.match(/[^]{1,7}/g)!)).toBe(wrapped)
})

test("a word is written as soon as it is complete", () => {
  expect(shown(["One two thr"])).toBe("One two thr\n")
  let screen = ""
  const stdout = { isTTY: true, columns: 40, write: (t: string) => (screen += t) }
  const writer = replyWriter(createOutput({ stdout, stderr: stdout }, {}, true))
  writer.add("One two thr")
  expect(screen).toBe("One two")
})

test("where there are colours, marks become colours", () => {
  const bold = (word: string) => `\u001b[1m${word}\u001b[22m`
  const accent = (word: string) => `\u001b[96m${word}\u001b[39m`
  expect(shown(["a **b c** d `e**`"], { columns: 80, colour: true })).toBe(
    `a ${bold("b")} ${bold("c")} d ${accent("e")}${accent("**")}\n`,
  )
})

test("a pipe gets the reply as it came, and the end of its line", () => {
  expect(shown([text], { isTTY: false })).toBe(`${text}\n`)
  expect(shown(["done\n"], { isTTY: false })).toBe("done\n")
})
