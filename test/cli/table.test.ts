import { expect, test } from "bun:test"
import { facts } from "../../src/cli/table.ts"

const muted = (text: string) => text

test("facts leave out what is not there, and a long one goes on below itself", () => {
  const rows = [
    ["problem", "it is in a private network, which is not fetched from"],
    ["model", undefined],
    ["id", "7"],
  ] as const
  expect(facts(rows, { width: 40, muted })).toEqual([
    "problem  it is in a private network,",
    "         which is not fetched from",
    "id       7",
  ])
})

test("an address in them stays whole, to be copied, and where there is no width so do words", () => {
  const address = `/chat?session=${"x".repeat(60)}`
  expect(facts([["transcript", address]], { width: 40, muted })).toEqual([`transcript  ${address}`])
  const words = "word ".repeat(40).trim()
  expect(facts([["said", words]], { width: Infinity, muted })).toEqual([`said  ${words}`])
})
