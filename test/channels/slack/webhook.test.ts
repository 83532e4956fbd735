import { expect, test } from "bun:test"
import { slack } from "../../../src/channels/slack/index.ts"
import { connectionOver } from "../../../src/kernel/network.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { fakeSlack } from "../../support/fake-slack.ts"

type Host = Awaited<ReturnType<typeof connectAdapter>>

/** Slack whose requests reach the adapter as the gateway would hand them over. */
const start = async (options: Parameters<typeof connectAdapter>[2] = {}) => {
  const connected = Promise.withResolvers<Host>()
  const ask = async (request: Request) =>
    (await connected.promise).mounted.get("/slack/events")!(
      request,
      Buffer.from(await request.arrayBuffer()),
    )
  const network = fakeSlack({ mode: "http", requestUrl: ask })
  const host = await connectAdapter(slack, network, options)
  connected.resolve(host)
  return {
    network,
    host,
    ask,
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await network[Symbol.asyncDispose]()
    },
  }
}
const event = (text: string) => ({
  type: "events_api",
  payload: {
    type: "event_callback",
    team_id: "T00000001",
    token: "the-token-slack-once-used",
    event: {
      type: "message",
      channel_type: "im",
      channel: "DADA00001",
      user: "UADA00001",
      text,
      ts: "1700000000.000100",
    },
  },
})

test("signed requests are heard and answered once they were taken", async () => {
  await using place = await start()
  await place.network.say(place.network.ada, place.network.room, "by request", { mention: true })
  await place.host.until(saysOf("by request"))
  while (place.network.pending) await Bun.sleep(1)
  expect(place.network.acks).toBe(2)
})

test("the address is proven to Slack by its challenge, which has to be signed like all else", async () => {
  await using place = await start()
  const challenge = {
    type: "events_api",
    payload: { type: "url_verification", challenge: "c0ffee", token: "x" },
  }
  const answer = await place.ask(place.network.signed(challenge))
  expect([answer.status, await answer.text()]).toEqual([200, "c0ffee"])
  const forged = place.network.signed(challenge, {}, { secret: "another" })
  expect((await place.ask(forged)).status).toBe(401)
})

test("a request that Slack did not sign is refused, whatever token stands in it", async () => {
  await using place = await start()
  const { network, ask } = place
  const now = Math.floor(Date.now() / 1000)
  const good = network.signed(event("never heard"))
  const signature = good.headers.get("x-slack-signature")!
  const cases: Request[] = [
    network.signed(event("never heard"), {}, { secret: "another" }),
    network.signed(event("never heard"), {}, { secret: "" }),
    network.signed(event("never heard"), {}, { at: now - 301 }),
    network.signed(event("never heard"), {}, { at: now + 301 }),
    network.signed(event("never heard"), { "x-slack-signature": "" }),
    network.signed(event("never heard"), { "x-slack-signature": signature.toUpperCase() }),
    network.signed(event("never heard"), { "x-slack-signature": signature.slice(3) }),
    network.signed(event("never heard"), { "x-slack-signature": `v1=${signature.slice(3)}` }),
    network.signed(event("never heard"), { "x-slack-request-timestamp": "" }),
    network.signed(event("never heard"), { "x-slack-request-timestamp": `0${now}` }),
    network.signed(event("never heard"), { "x-slack-request-timestamp": `${now}.0` }),
    network.signed(event("never heard"), { "x-slack-request-timestamp": "NaN" }),
  ]
  for (const request of cases) expect((await ask(request)).status).toBe(401)
  const other = new Request(good.url, {
    method: "POST",
    headers: good.headers,
    body: `${await good.text()} `,
  })
  expect((await ask(other)).status).toBe(401)
  expect(place.host.arrivals).toEqual([])
})

test("a request that was answered is not answered again", async () => {
  await using place = await start()
  const request = place.network.signed(event("once"))
  expect((await place.ask(request.clone() as Request)).status).toBe(200)
  expect((await place.ask(request)).status).toBe(401)
  expect(place.host.arrivals).toHaveLength(1)
})

test("what was not taken is not acknowledged, and taken when it comes again", async () => {
  let tries = 0
  const hear = () => {
    if (++tries === 1) throw new Error("the disk is full")
    return { kind: "taken" as const, runId: "run" }
  }
  await using place = await start({ hear })
  const request = place.network.signed(event("twice"))
  expect((await place.ask(request.clone() as Request)).status).toBe(503)
  expect((await place.ask(request)).status).toBe(200)
})

test("bodies of another kind are refused once they were proven", async () => {
  await using place = await start()
  const request = place.network.signed(event("x"), { "content-type": "text/plain" })
  expect((await place.ask(request)).status).toBe(400)
})

test("without a signing secret no account listens", async () => {
  await using network = fakeSlack({ mode: "http" })
  for (const secret of [undefined, "", "  "]) {
    const settings = { signingSecret: secret }
    const error = await connectAdapter(slack, network, { settings }).catch((error) => error)
    expect(connectionOver.is(error) && error.data).toMatchObject({ why: "credentials" })
  }
})

test("a slash command and a button arrive by request as well", async () => {
  await using place = await start({
    settings: { slashCommand: { enabled: true } },
    hear: () => ({ kind: "dropped", reason: "stranger", say: "You are not authorized." }),
  })
  const { network, host } = place
  const { acked } = network.command(network.ada, network.room, "/fased", "hello")
  expect(JSON.parse(String(await acked))).toEqual({
    response_type: "ephemeral",
    text: "You are not authorized.",
  })
  await network.press(network.ada, network.room, "go")
  expect(await host.until(({ deed }) => deed.kind === "press")).toMatchObject({
    deed: { data: "go" },
  })
})
