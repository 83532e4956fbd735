import { afterAll, beforeAll, expect, test } from "bun:test"
import { systemClock } from "../../src/kernel/clock.ts"
import { counter, gauge, histogram } from "../../src/kernel/metric.ts"
import { Services } from "../../src/kernel/service.ts"
import { watchLag } from "../../src/gateway/lag.ts"
import { createMetrics } from "../../src/gateway/prometheus.ts"
import { fakeModel } from "../support/fake-model.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { turnableClock } from "../support/turnable-clock.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const scrape = async ({ running } = gateway) => {
  const response = await fetch(`${running.url}metrics`, {
    headers: { authorization: `Bearer ${testToken}` },
  })
  expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4")
  return response.text()
}

test("metrics are for those who hold the gateway's secret", async () => {
  expect((await fetch(`${gateway.running.url}metrics`)).status).toBe(401)
})

test("every line is one that Prometheus reads", async () => {
  const sample =
    /^[a-z_]+(?:\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?[\d.e+-]+$/
  for (const line of (await scrape()).trimEnd().split("\n"))
    expect(line).toMatch(
      line.startsWith("#") ? /^# (?:HELP [a-z_]+ \S.*|TYPE [a-z_]+ \w+)$/ : sample,
    )
})

test("calls, turns, connections and requests are counted as they happen", async () => {
  await gateway.client.request("health", {})
  await gateway.client.request("no.such.method", {}).catch(() => {})
  const over = Promise.withResolvers<void>()
  gateway.client.on("chat", (payload) => {
    if ((payload as { state: string }).state === "final") over.resolve()
  })
  await gateway.client.request("agent", { message: "hello", idempotencyKey: "metrics" })
  await over.promise
  const text = await scrape()
  expect(text).toMatch(/fased_rpc_calls_total\{method="health",outcome="ok"\} \d/)
  expect(text).toContain(
    'fased_rpc_calls_total{method="unknown",outcome="gateway.unknown-method"} 1',
  )
  expect(text).toContain('fased_turns_total{outcome="final"} 1')
  expect(text).toContain("fased_turn_seconds_count 1")
  expect(text).toContain('fased_connections{role="operator"} 1')
  expect(await scrape()).toMatch(
    /fased_http_requests_total\{route="GET \/metrics",status="200"\} \d/,
  )
})

test("what waits, what is kept and what models use is told", async () => {
  await using model = fakeModel({
    turns: [{ text: "Hi.", usage: { input: 100, output: 7, cacheRead: 60 } }],
  })
  const provider = model.provider("openai-completions")
  const cost = { input: 1, output: 10, cacheRead: 0, cacheWrite: 0 }
  await using gateway = await startGateway({
    config: {
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
      models: {
        mode: "replace",
        providers: { fake: { ...provider, models: [{ ...provider.models[0], cost }] } },
      },
    },
  })
  const params = { message: "hello", idempotencyKey: "metrics-model" }
  await gateway.client.request("agent", params, { onAccepted: () => {} })
  const text = await scrape(gateway)
  const of = 'provider="fake",model="fake-1"'
  expect(text).toContain("fased_inbox_unanswered 0")
  expect(text).toContain("fased_approvals_waiting 0")
  expect(text).toMatch(/fased_database_bytes\{file="database"\} [1-9]\d+/)
  expect(text).toContain(`fased_model_calls_total{${of},outcome="ok"} 1`)
  expect(text).toContain(`fased_model_tokens_total{${of},kind="input"} 40`)
  expect(text).toContain(`fased_model_tokens_total{${of},kind="cache_read"} 60`)
  expect(text).toContain(`fased_model_tokens_total{${of},kind="output"} 7`)
  expect(text).toContain(`fased_model_cost_dollars_total{${of}} 0.00011`)
})

test("a label that grows does not fill the memory", async () => {
  const seen = counter({ name: "fased_seen_total", help: "Seen.", labels: ["who"] })
  const { counts, text } = createMetrics([seen])
  for (let at = 0; at < 5000; at++) counts.add(seen, [`x${at}`])
  const lines = (await text(new Services())).trimEnd().split("\n")
  expect(lines.length).toBeLessThan(1010)
  expect(lines).toContain('fased_seen_total{who="other"} 4000')
})

test("a histogram adds up, and label values are written so that they can be read", async () => {
  const took = histogram({ name: "fased_took", help: "Took.", labels: ["a"], buckets: [1, 5] })
  const size = gauge({
    name: "fased_size",
    help: "Size.",
    labels: ["b"],
    read: () => [{ labels: ['"\\\n'], value: 2 }],
  })
  const { counts, text } = createMetrics([took, size])
  for (const seconds of [0.5, 3, 60]) counts.took(took, ["x"], seconds)
  expect(await text(new Services())).toBe(`# HELP fased_took Took.
# TYPE fased_took histogram
fased_took_bucket{a="x",le="1"} 1
fased_took_bucket{a="x",le="5"} 2
fased_took_bucket{a="x",le="+Inf"} 3
fased_took_sum{a="x"} 63.5
fased_took_count{a="x"} 3
# HELP fased_size Size.
# TYPE fased_size gauge
fased_size{b="\\"\\\\\\n"} 2
`)
})

test("the lag of the event loop is the worst of the last seconds", () => {
  const clock = turnableClock()
  const lag = watchLag(clock)
  for (const ms of [1000, 1000, 4000, 1000]) clock.turn(ms)
  expect(lag.worst()).toBe(3000)
  for (let at = 0; at < 15; at++) clock.turn(1000)
  expect(lag.worst()).toBe(0)
  lag.stop()
  expect(systemClock.now()).toBeGreaterThan(0)
})
