import { expect, test } from "bun:test"
import { enclose, withTexts } from "../../src/ui/enclosures.ts"

test("a text file becomes part of the message, in a fence it cannot end", async () => {
  const file = new File(["```\nnot the end\n```\n"], "notes.md", { type: "text/markdown" })
  const enclosed = await enclose(file)
  if ("problem" in enclosed) throw new Error(enclosed.problem)
  expect(withTexts("Look:", [enclosed])).toBe(
    "Look:\n\nnotes.md:\n````\n```\nnot the end\n```\n````",
  )
})

test("what is neither a picture nor text is turned away with what to do instead", async () => {
  const file = new File([new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0x00])], "all.zip")
  expect(await enclose(file)).toEqual({ problem: expect.stringContaining("workspace") })
})

test("what is too large is turned away before it is read", async () => {
  const large = { name: "big.png", size: 30_000_000, type: "image/png" } as File
  expect(await enclose(large)).toEqual({ problem: expect.stringContaining("18 MB") })
  const text = { name: "big.log", size: 300_000, type: "text/plain" } as File
  expect(await enclose(text)).toEqual({ problem: expect.stringContaining("too large") })
})
