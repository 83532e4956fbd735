import { expect, test } from "bun:test"
import { readDirectives } from "../../../src/agent/directives/inline.ts"
import { exec } from "../../../src/agent/directives/exec.ts"
import { elevated, reasoning, think, verbose } from "../../../src/agent/directives/levels.ts"
import { queue } from "../../../src/agent/directives/queue.ts"
import type { AnyCommand } from "../../../src/kernel/command.ts"

const directives: readonly AnyCommand[] = [think, verbose, reasoning, elevated, exec, queue]
const read = (message: string) =>
  readDirectives(message, (name, following) =>
    directives
      .find((one) => one.name === name || one.aliases.includes(name))
      ?.inline?.(following, {}),
  )

test.each([
  ["/think high what is 2+2?", "what is 2+2?", { thinking: "high" }],
  ["what is 2+2? /think:high", "what is 2+2?", { thinking: "high" }],
  ["what /t low is 2+2?", "what is 2+2?", { thinking: "low" }],
  ["/THINK: Ultrathink go", "go", { thinking: "high" }],
  ["/thinking x-high go", "go", { thinking: "xhigh" }],
  ["/think harder go", "go", { thinking: "medium" }],
  ["/think high /verbose on go", "go", { thinking: "high", verbose: "on" }],
  ["/v full\n/reason stream\ngo", "go", { verbose: "full", reasoning: "stream" }],
  ["/elev full go", "go", { elevated: "full" }],
  ["/exec ask=always host=gateway ls it", "ls it", { exec: { ask: "always", host: "gateway" } }],
  ["/queue steer+backlog hurry", "hurry", { queue: "steer-backlog" }],
  ["/think low /think high go", "go", { thinking: "high" }],
  ["/think high", "", { thinking: "high" }],
  ["/think high /verbose off", "", { thinking: "high", verbose: "off" }],
])("%j leaves %j for the model", (message, text, options) => {
  const found = read(message)
  expect(found.text).toBe(text)
  expect(found.options).toEqual(options as object)
  expect(found.found.length).toBeGreaterThan(0)
})

test.each([
  "/tmp/think high",
  "/think/high go",
  "see http://a/t low",
  "a/t high",
  "run `/think high` now",
  "```\n/think high\n```\nwhat is this?",
  "```\n/think high\nunclosed",
  "> /think high\nwhy did they write so?",
  "let me /think about it",
  "/think",
  "/thinkhigh go",
  "/think\nhigh is the wall",
  "/elevated yes go",
  "/exec rm -rf",
  "/queue up here",
  "//think high",
  "(/think high)",
  "\u200b/think high",
])("%j is text like any other", (message) => {
  expect(read(message)).toEqual({ found: [], options: {}, text: message })
})

test("a long hostile message takes no time", () => {
  const began = performance.now()
  for (const piece of ["/t ", "`", "```", "/t:", "> ", " /exec ask=off"])
    read(piece.repeat(Math.ceil(200_000 / piece.length)))
  expect(performance.now() - began).toBeLessThan(2000)
})
