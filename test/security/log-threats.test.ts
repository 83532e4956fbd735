/** N099: nothing from outside forges a line of the log or drives the terminal it is shown on. */
import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { commandLine } from "../support/command-line.ts"
import { startGateway, testToken } from "../support/gateway.ts"
import { rawHttp } from "../support/raw-http.ts"
import { attempt, connectWith } from "../support/raw-socket.ts"

const bidi = "\u202e\u2066\u061c"
const attack = [
  "\x1b]0;r\x07\x1b[2J\r\n\x9b31m",
  "Mozilla\r\n2026-01-01T00:00:00Z audit allowed owner",
  "\x1b]0;retitled\x07\x1b[2J\x1b[31m",
  "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\",
  `\x9b31m${bidi}\u2028\u0085`,
].join("")
const huge = `${attack}${"A".repeat(1_000_000)}`
/** As far as HTTP lets it through. */
const inHeader = "agent \x1b]0;retitled\x07 \x1b]8;;http://evil.example\x1b\\link \x9b31m \x85"

// oxlint-disable-next-line no-control-regex
const acts = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/
// oxlint-disable-next-line no-control-regex
const onTerminal = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

test("N099 headers, names and texts from outside stay one short line each, in files and on screen", async () => {
  await using gateway = await startGateway({
    config: {
      logging: { level: "trace" },
      agents: {
        defaults: { skipBootstrap: true },
        list: [{ id: "main", name: attack.slice(0, 70) }],
      },
    },
  })
  const { client, wsUrl } = gateway
  const port = Number(new URL(gateway.running.url).port)
  const header = (name: string) =>
    rawHttp(port, `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n${name}: ${inHeader}\r\n\r\n`)
  const connecting = async (more: Record<string, unknown>) => {
    await using socket = await attempt(wsUrl, connectWith(more))
    return socket.answer
  }
  const calls: [string, Record<string, unknown>][] = [
    [attack, {}],
    [huge, {}],
    ["sessions.list", { [attack]: 1 }],
    ["chat.history", { sessionKey: attack }],
    ["system-event", { text: attack }],
    ["chat.send", { sessionKey: "main", message: attack, idempotencyKey: "1" }],
    ["sessions.patch", { key: "main", label: attack.slice(0, 60) }],
  ]
  const told = [
    ...["user-agent", "origin", "x-forwarded-for", "authorization", "cookie"].map(header),
    ...["id", "displayName", "version", "platform", "deviceFamily", "mode"].flatMap((name) =>
      [attack, attack.slice(0, 60), huge].map((text) =>
        connecting({ client: { ...connectWith().client, [name]: text } }),
      ),
    ),
    ...["locale", "userAgent", attack].map((name) =>
      connecting({ auth: { token: "wrong" }, [name]: attack }),
    ),
    ...calls.map(([method, params]) => client.request(method, params)),
  ]
  await Promise.allSettled(told)

  using cli = commandLine()
  const env = { HOME: gateway.home }
  const url = ["--url", gateway.wsUrl, "--token", testToken, "--allow-plaintext"]
  for (const args of [
    ["logs", "--limit", "1000"],
    ["sessions"],
    ["devices"],
    ["status"],
    ["health"],
    ["doctor"],
    ["config", "get"],
    ["config", "get", "agents.list"],
    ["config", "diff"],
    ["models", "list"],
    ["gateway", "call", "sessions.list"],
    ["gateway", "call", "system-presence"],
    ["gateway", "call", "agents.list"],
    ["gateway", "call", attack],
    ["gateway", "probe", ...url],
    ["config", "get", attack],
    ["config", "set", `agents.${attack}`, attack],
    ["agent", "--message", attack],
    [attack],
    ["status", attack],
  ]) {
    const { out, err } = await cli.fased(args, { env })
    expect(out + err, JSON.stringify(args)).not.toMatch(onTerminal)
    if (args[2] === "agents.list") expect(out).toContain("[2J") // shown, and harmless
    expect(err, JSON.stringify(args)).not.toContain("inside fased went wrong")
    if (args[0] !== "logs") expect((out + err).length, JSON.stringify(args)).toBeLessThan(100_000)
  }

  await gateway.stop()
  const lines = readFileSync(gateway.running.logFile, "utf8").trim().split("\n")
  expect(lines.join("\n")).toContain("INVALID_CONNECT_PARAMS")
  for (const line of lines) {
    expect(line).not.toMatch(acts)
    expect(line.length).toBeLessThan(20_000)
    expect(() => JSON.parse(line)).not.toThrow()
    expect(JSON.stringify(JSON.parse(line))).not.toMatch(/\u001b|\\u001b/)
  }
}, 60_000)
