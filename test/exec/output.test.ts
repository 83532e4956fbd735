import { expect, test } from "bun:test"
import { Output } from "../../src/exec/output.ts"

const printed = (...chunks: readonly number[][]) => {
  const output = new Output()
  const into = output.entry()
  for (const chunk of chunks) into(new Uint8Array(chunk))
  return output
}

test("a character that is cut between two chunks stays whole", () => {
  expect(printed([0x61, 0xe2, 0x82], [0xac, 0x62]).text()).toBe("a€b")
  expect(printed([0xf0], [0x9f], [0x98], [0x80]).text()).toBe("😀")
})

test("bytes that begin no character are counted and shown as such at once", () => {
  for (const byte of [0x80, 0xf8, 0xfe, 0xff]) {
    const output = printed([0x61, byte])
    expect([output.total, output.text()]).toEqual([2, "a\ufffd"])
  }
})
