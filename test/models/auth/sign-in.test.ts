/** Signing in at a provider over RPC, against a server that speaks the standard. N103. */
import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { listen, textOf } from "../../support/chat.ts"
import { fakeModel } from "../../support/fake-model.ts"
import { startGateway } from "../../support/gateway.ts"
import { turnableClock } from "../../support/turnable-clock.ts"
import { fakeSignIn } from "./fake-sign-in-server.ts"

interface Started {
  sessionId: string
  step: { id: string; url: string; redirectUri?: string; userCode?: string }
}

const start = async (clock?: ReturnType<typeof turnableClock>) => {
  const server = fakeSignIn()
  const model = fakeModel({ turns: ["Hello."] })
  const { apiKey: _, ...acme } = model.provider("openai-completions")
  const gateway = await startGateway({
    config: {
      agents: {
        defaults: { skipBootstrap: true, model: "acme/fake-1", heartbeat: { every: "0m" } },
      },
      models: { mode: "replace", providers: { acme } },
      auth: { logins: { acme: server.browser, box: server.device } },
    },
    start: clock ? { clock } : {},
  })
  const call = async <T = Record<string, unknown>>(name: string, params: object = {}) =>
    (await gateway.client.request(`models.auth.${name}`, params)) as T
  return {
    server,
    model,
    gateway,
    call,
    begin: (provider = "acme") => call<Started>("interactive.start", { provider }),
    finish: (sessionId: string, address?: string) =>
      call("interactive.finish", { sessionId, ...(address && { address }) }),
    chat: listen(gateway.client),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await model.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

test("signs in by browser, keeps the tokens, and uses them at once", async () => {
  await using place = await start()
  const { sessionId, step } = await place.begin()
  expect(step).toMatchObject({ id: "address", redirectUri: "http://127.0.0.1:9/back" })
  const done = await place.finish(sessionId, place.server.approve(step.url))
  expect(done).toEqual({
    ok: true,
    profileId: "acme:ada@example.com",
    provider: "acme",
    mode: "oauth",
  })
  expect(textOf(await place.chat.ask("hi"))).toBe("Hello.")
  expect(place.model.calls[0]!.headers.authorization).toBe("Bearer access-token-1-canary")
})

test("the page learns the state and the challenge, never the verifier, and each sign-in has its own", async () => {
  await using place = await start()
  const [a, b] = [await place.begin(), await place.begin()]
  const asked = [a, b].map(({ step }) => new URL(step.url).searchParams)
  await place.finish(a.sessionId, place.server.approve(a.step.url))
  const { code_verifier: verifier = "" } = place.server.asked[0]!
  expect(verifier.length).toBeGreaterThanOrEqual(43)
  for (const text of [a.step.url, b.step.url, JSON.stringify([a, b])])
    expect(text).not.toContain(verifier)
  expect(new Set(asked.map((each) => each.get("state"))).size).toBe(2)
  expect(asked[0]!.get("code_challenge_method")).toBe("S256")
  expect(asked[0]!.get("state")).not.toBe(asked[0]!.get("code_challenge"))
})

describe("an address that is not this sign-in's", () => {
  const wrong: [string, (right: URL, other: URL) => string][] = [
    ["of another sign-in", (_, other) => other.href],
    ["without a state", (url) => (url.searchParams.delete("state"), url.href)],
    ["with an empty state", (url) => (url.searchParams.set("state", ""), url.href)],
    ["on another host", (url) => url.href.replace("127.0.0.1:9", "evil.test")],
    ["on another path", (url) => url.href.replace("/back", "/elsewhere")],
    ["without a code", (url) => (url.searchParams.delete("code"), url.href)],
    ["that is none", () => "code-1-canary"],
  ]
  for (const [name, change] of wrong)
    test(`${name} is refused, tells the server nothing, and leaves the right one good`, async () => {
      await using place = await start()
      const { sessionId, step } = await place.begin()
      const other = place.server.approve((await place.begin()).step.url)
      const right = place.server.approve(step.url)
      const address = change(new URL(right), new URL(other))
      await expect(place.finish(sessionId, address)).rejects.toThrow(
        "does not belong to this sign-in",
      )
      expect(place.server.asked).toHaveLength(0)
      expect(await place.finish(sessionId, right)).toMatchObject({ ok: true })
    })
})

test("an address is good once", async () => {
  await using place = await start()
  const { sessionId, step } = await place.begin()
  const address = place.server.approve(step.url)
  await place.finish(sessionId, address)
  await expect(place.finish(sessionId, address)).rejects.toThrow("That sign-in is over")
  expect(place.server.asked).toHaveLength(1)
})

test("a sign-in that nobody finishes is over after ten minutes, and one given up at once", async () => {
  const clock = turnableClock()
  await using place = await start(clock)
  const late = await place.begin()
  const dropped = await place.begin()
  expect(await place.call("interactive.cancel", { sessionId: dropped.sessionId })).toEqual({
    ok: true,
    cancelled: true,
  })
  await expect(
    place.finish(dropped.sessionId, place.server.approve(dropped.step.url)),
  ).rejects.toThrow("over")
  clock.turn(10 * 60_000)
  await expect(place.finish(late.sessionId, place.server.approve(late.step.url))).rejects.toThrow(
    "over",
  )
})

test("signs in by a code typed elsewhere, asking no more often than allowed", async () => {
  const clock = turnableClock()
  await using place = await start(clock)
  const { sessionId, step } = await place.begin("box")
  expect(step).toMatchObject({ id: "wait", userCode: "ABCD-EFGH" })
  expect(JSON.stringify(step)).not.toContain("device-code")
  const done = place.finish(sessionId)
  const asked = async (times: number) => {
    while (place.server.asked.length < times) {
      clock.turn(1000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await asked(2)
  place.server.allow()
  await asked(3)
  expect(await done).toMatchObject({ profileId: "box:ada@example.com" })
})

test("a no of the server is told in its words, and nothing is kept", async () => {
  await using place = await start()
  place.server.answer.refuse = "access_denied"
  const { sessionId, step } = await place.begin()
  await expect(place.finish(sessionId, place.server.approve(step.url))).rejects.toThrow(
    "did not let you in: no: access_denied",
  )
  const { providers } = await place.call<{ providers: { provider: string; profiles: [] }[] }>(
    "status",
  )
  expect(providers.flatMap(({ profiles }) => profiles)).toEqual([])
})

test.each([
  ["an error page", { page: "<html>busy", status: 503 }, "it answered 503"],
  ["a page in place of an answer", { page: "<html>", status: 200 }, "not in JSON"],
  ["an answer without tokens", { page: "{}" }, "holds no token"],
])("%s is the server's failure", async (_, answer, said) => {
  await using place = await start()
  Object.assign(place.server.answer, answer)
  const { sessionId, step } = await place.begin()
  await expect(place.finish(sessionId, place.server.approve(step.url))).rejects.toThrow(said)
})

test("a token about to end is renewed before the next turn; when that is refused, status says so", async () => {
  const clock = turnableClock()
  await using place = await start(clock)
  const { sessionId, step } = await place.begin()
  await place.finish(sessionId, place.server.approve(step.url))
  clock.turn(56 * 60_000)
  await place.chat.ask("hi")
  expect(place.model.calls[0]!.headers.authorization).toBe("Bearer access-token-2-canary")
  expect(place.server.asked.at(-1)).toMatchObject({
    grant_type: "refresh_token",
    refresh_token: "refresh-token-1-canary",
  })
  place.server.answer.refuse = "invalid_grant"
  clock.turn(2 * 3600_000)
  const end = await place.chat.ask("again")
  expect(end).toMatchObject({ state: "error", errorCode: "models.sign-in-again" })
  const { providers } = await place.call<{ providers: Record<string, unknown>[] }>("status")
  expect(providers.find(({ provider }) => provider === "acme")).toMatchObject({
    status: "refresh-required",
    profiles: [{ profileId: "acme:ada@example.com", status: "refresh-required" }],
  })
})

test("neither tokens nor codes are in answers, events, logs or anywhere but in the database", async () => {
  await using place = await start()
  const heard: string[] = []
  const { sessionId, step } = await place.begin()
  const address = place.server.approve(step.url)
  heard.push(JSON.stringify(await place.finish(sessionId, address)))
  await place.chat.ask("hi")
  for (const name of ["models.auth.status", "models.list", "config.get", "doctor.run", "status"])
    heard.push(JSON.stringify(await place.gateway.client.request(name, {})))
  heard.push(JSON.stringify(place.chat.agent))
  await place.gateway.stop()
  const { logs, state } = place.gateway.paths
  for (const name of readdirSync(logs)) heard.push(readFileSync(join(logs, name), "utf8"))
  expect(heard.join("\n")).not.toMatch(/(?:access|refresh)-token-\d-canary|code-\d-canary/)
  const holders = (readdirSync(state, { recursive: true }) as string[]).filter((name) => {
    try {
      return readFileSync(join(state, name), "latin1").includes("-token-1-canary")
    } catch {
      return false
    }
  })
  expect(holders.every((name) => name.startsWith("fased.db"))).toBe(true)
})

test("a provider that cannot be signed in at, or lacks its client id, says what to do", async () => {
  await using place = await start()
  await expect(place.begin("nobody")).rejects.toThrow('does not know how to sign in at "nobody"')
  await expect(place.begin("xai")).rejects.toThrow("needs clientId")
})
