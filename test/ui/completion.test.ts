import { expect, test } from "bun:test"
import { suggestionsFor } from "../../src/ui/completion.ts"
import type { ChatCommand } from "../../src/ui/completion.ts"

const command = (name: string, more: Partial<ChatCommand> = {}): ChatCommand => ({
  name,
  textAliases: [`/${name}`],
  description: `What ${name} does.`,
  category: "chat",
  source: "core",
  scope: "text",
  acceptsArgs: false,
  ...more,
})

const commands = [
  command("status"),
  command("stop"),
  command("think", {
    textAliases: ["/think", "/t"],
    acceptsArgs: true,
    args: [{ name: "[off | high]", choices: ["off", "high"] }],
  }),
]
const texts = (typed: string) => suggestionsFor(typed, commands).map(({ text }) => text)

test("a slash lists commands, and letters narrow them", () => {
  expect(texts("/")).toEqual(["/status", "/stop", "/think "])
  expect(texts("/ST")).toEqual(["/status", "/stop"])
  expect(texts("/t")).toEqual(["/think "])
  expect(texts("/nothing")).toEqual([])
})

test("behind a command its words are offered", () => {
  expect(texts("/think ")).toEqual(["/think off", "/think high"])
  expect(texts("/t hi")).toEqual(["/t high"])
  expect(texts("/think high")).toEqual([])
  expect(texts("/status ")).toEqual([])
})

test("a message that only has a slash somewhere is a message", () => {
  expect(texts("and/or")).toEqual([])
  expect(texts("/think high about it")).toEqual([])
  expect(texts(" /status")).toEqual([])
})
