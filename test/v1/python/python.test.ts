/** What Python's openai sent, byte for byte, and the shapes that it took the answers in. */
import { expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { inProcess, startApi } from "../clients/host.ts"
import { scenarios, seeing } from "./scenarios.ts"
import { replay, shapeOf } from "./wire.ts"

const read = (name: string) => readFileSync(join(import.meta.dir, "recorded", name), "latin1")

const exchangesOf = (scenario: string, at = 1): { request: string; answer: string }[] => {
  const name = `${scenario}-${at}`
  if (!existsSync(join(import.meta.dir, "recorded", `${name}.request`))) return []
  const exchange = { request: read(`${name}.request`), answer: read(`${name}.answer`) }
  return [exchange, ...exchangesOf(scenario, at + 1)]
}

const responseIn = (text: string) => /resp_[0-9a-f]{48}/.exec(text)?.[0]

test.each(Object.entries(scenarios))("%s gets what it got", async (scenario, turns) => {
  await using api = await startApi(inProcess, turns, { provider: seeing })
  const { host, port } = new URL(api.url)
  const exchanges = exchangesOf(scenario)
  expect(exchanges).not.toBeEmpty()
  /** Responses have other names this time, as long as they were. */
  const renamed = new Map<string, string>()
  for (const { request, answer } of exchanges) {
    let asked = request.replaceAll("{token}", api.token).replaceAll("{host}", host)
    for (const [before, now] of renamed) asked = asked.replaceAll(before, now)
    const answered = await replay(Number(port), asked)
    expect(shapeOf(answered)).toEqual(shapeOf(answer))
    const [before, now] = [responseIn(answer), responseIn(answered)]
    if (before && now) renamed.set(before, now)
  }
})

test("its headers are on record: it says what it is, and when it tries again", () => {
  const [first, second] = exchangesOf("chat_retried").map(({ request }) => request.toLowerCase())
  expect(first).toContain("x-stainless-lang: python")
  expect(first).toContain("x-stainless-retry-count: 0")
  expect(second).toContain("x-stainless-retry-count: 1")
})
