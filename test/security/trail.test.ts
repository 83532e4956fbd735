import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import type { Fields, Log } from "../../src/kernel/log.ts"
import { createAudit } from "../../src/security/trail.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const told = () => {
  const lines: { message: string; fields: Fields }[] = []
  const write = (message: string, fields: Fields = {}) => void lines.push({ message, fields })
  const log: Log = {
    trace: write,
    debug: write,
    info: write,
    warn: write,
    error: write,
    for: () => log,
  }
  return { lines, log }
}

/** The audit lines a stopped gateway left behind. */
const trailOf = ({ running }: TestGateway) =>
  readFileSync(running.logFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ subsystem }) => subsystem === "audit")
    .map(({ level, message, meta }) => ({ level, message, ...meta }))

test("who was let in, who was not and why is in the log, whatever its level", async () => {
  await using gateway = await startGateway({ config: { logging: { level: "silent" } } })
  const wrong = "wrong-token-0123456789abcdef"
  {
    await using refused = await attempt(gateway.wsUrl, connectWith({ auth: { token: wrong } }))
    expect(refused.answer?.ok).toBe(false)
  }
  await gateway.stop()
  const [first, second] = trailOf(gateway)
  expect(first).toMatchObject({
    level: "info",
    message: "allowed",
    what: "connect",
    verdict: "allow",
    from: "127.0.0.1",
    who: { client: "test", role: "operator", by: "token" },
  })
  expect(second).toMatchObject({
    level: "warn",
    message: "denied",
    what: "connect",
    verdict: "deny",
    reason: "AUTH_TOKEN_MISMATCH",
    from: "127.0.0.1",
  })
  const text = readFileSync(gateway.running.logFile, "utf8")
  for (const secret of [testToken, wrong]) expect(text).not.toContain(secret)
})

test("a call that takes the admin scope leaves a line, made or refused; a read leaves none", async () => {
  await using gateway = await startGateway()
  const note = { text: "backup ran" }
  await gateway.client.request("system-event", note)
  await gateway.client.request("health", {})
  const reader = await gateway.connect({ scopes: ["operator.read"] })
  await expect(reader.request("system-event", note)).rejects.toThrow("missing scope")
  await gateway.stop()
  const calls = trailOf(gateway).filter(({ what }) => what !== "connect")
  expect(calls).toMatchObject([
    { what: "system-event", verdict: "allow", reason: "ok", from: "127.0.0.1" },
    { what: "system-event", verdict: "deny", reason: "gateway.missing-scope" },
  ])
  expect(JSON.stringify(calls)).not.toContain("backup ran")
})

test("a flood of denials is counted, not written out", () => {
  const { lines, log } = told()
  const clock = turnableClock()
  const audit = createAudit({ log, clock })
  const deny = (from: string) =>
    audit.record({ what: "connect", verdict: "deny", reason: "X", who: {}, from })
  for (let time = 0; time < 500; time++) deny("192.0.2.1")
  for (let other = 0; other < 5_000; other++) deny(`2001:db8::${other.toString(16)}`)
  expect(lines.length).toBeLessThan(400)
  deny("192.0.2.1")
  clock.turn(60_000)
  expect(lines.map(({ fields }) => fields)).toContainEqual({
    from: "192.0.2.1",
    verdict: "deny",
    count: 481,
  })
  const before = lines.length
  deny("192.0.2.1")
  expect(lines).toHaveLength(before + 1)
  audit.close()
})

test("an HTTP call is told like a connect, without what it showed", async () => {
  await using gateway = await startGateway()
  const ask = (token: string) =>
    fetch(`${gateway.running.url}ready`, { headers: { authorization: `Bearer ${token}` } })
  await ask(testToken)
  await ask("wrong-token-0123456789abcdef")
  await gateway.stop()
  const calls = trailOf(gateway).filter(({ what }) => what === "GET /ready")
  expect(calls).toMatchObject([
    { verdict: "allow", reason: "ok", from: "127.0.0.1", who: { role: "operator" } },
    { verdict: "deny", reason: "401", from: "127.0.0.1" },
  ])
})
