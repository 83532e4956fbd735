/** N098: a provider that says back what it was sent gives nothing of it away. */
import { expect, test } from "bun:test"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { canary, trace } from "../support/canaries.ts"
import { listen } from "../support/chat.ts"
import { commandLine } from "../support/command-line.ts"
import { type Api, fakeModel, type Turn } from "../support/fake-model.ts"
import { startGateway, testToken } from "../support/gateway.ts"

const key = canary(0)
const header = canary(1)
const short = "k7/Qz+9X=w2"

/** What providers, and proxies before them, have been seen to say. */
const echoes = [
  `Incorrect API key provided: ${key}.`,
  `GET https://api.example/v1/models?key=${key}&alt=sse failed`,
  `GET https://me:${encodeURIComponent(key)}@api.example/ failed`,
  `headers: {"authorization":"Bearer ${key}","x-tenant":"${header}","x-short":"${short}"}`,
  `Authorization: Basic ${btoa(`me:${key}`)}`,
  `${Buffer.from(key).toString("hex")} is not known here`,
  `x-short=${encodeURIComponent(short)}, or ${btoa(short)}, or ${Buffer.from(short).toString("hex")}`,
  `the key\r\n${key}\r\nis wrong`,
  `bot${key}/sendMessage: 404`,
]
const fails: Turn[] = echoes.flatMap((message) => [
  { fail: { status: 401, message } },
  { fail: { status: 400, message } },
  { fail: { status: 500, message } },
  { fail: { status: 429, message, headers: { "retry-after": "1", "x-echo": key } } },
  { fail: { status: 502, page: `<html>${message}</html>` } },
  { raw: { body: `data: {"error":{"message":${JSON.stringify(message)}}}\n\n` } },
  { raw: { body: message, type: "text/plain" } },
])

const secret = new RegExp(
  [trace.source, /k7\/Qz|k7%2FQz/.source, btoa(short), Buffer.from(short).toString("hex")].join(
    "|",
  ),
)

test.each<Api>([
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
])(
  "N098 %s: no event, answer, transcript, log, finding or command holds the key",
  async (api) => {
    let turn = 0
    await using model = fakeModel({ turns: [() => fails[turn]!] })
    const provider = {
      ...model.provider(api),
      apiKey: key,
      headers: { "x-tenant": header, "x-short": short },
    }
    await using gateway = await startGateway({
      config: {
        agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
        models: { mode: "replace", providers: { fake: provider } },
        logging: { level: "trace" },
      },
    })
    const heard: unknown[] = []
    for (const name of ["chat", "agent", "session.message", "health", "sessions.changed"])
      gateway.client.on(name, (payload) => heard.push(payload))
    const chat = listen(gateway.client)
    for (turn = 0; turn < fails.length; turn++)
      expect(await chat.ask("Hello")).toMatchObject({ state: "error" })
    expect(model.calls.length).toBeGreaterThanOrEqual(fails.length)
    expect(JSON.stringify(model.calls[0]!.headers)).toContain(key)
    expect(JSON.stringify([heard, chat.events, chat.agent])).not.toMatch(secret)

    for (const [method, params] of [
      ["chat.history", { sessionKey: "main" }],
      ["sessions.list", {}],
      ["models.list", {}],
      ["models.authStatus", {}],
      ["status", {}],
      ["health", {}],
      ["doctor.run", {}],
      ["logs.tail", { limit: 1000 }],
    ] as const) {
      const answer = await gateway.client.request(method, params).catch((error: Error) => error)
      expect(JSON.stringify(answer) + String(answer), method).not.toMatch(secret)
    }
    using cli = commandLine()
    const env = { HOME: gateway.home }
    for (const args of [["doctor"], ["models", "status"], ["agent", "--message", "hi"], ["logs"]]) {
      turn = 0
      const { out, err } = await cli.fased(args, { env })
      expect(out + err, args.join(" ")).not.toMatch(secret)
    }

    await gateway.stop()
    const { state, config } = gateway.paths
    for (const name of readdirSync(state, { recursive: true }) as string[]) {
      const path = join(state, name)
      if (
        !statSync(path).isFile() ||
        path.startsWith(config) ||
        /config-backups|last-good/.test(path)
      )
        continue
      expect(readFileSync(path, "latin1").replaceAll(testToken, ""), name).not.toMatch(secret)
    }
  },
  60_000,
)
