import { afterAll, beforeAll, expect, test } from "bun:test"
import { systemClock } from "../../src/kernel/clock.ts"
import { counter, gauge, histogram } from "../../src/kernel/metric.ts"
import { Services } from "../../src/kernel/service.ts"
import { watchLag } from "../../src/gateway/lag.ts"
import { createMetrics } from "../../src/gateway/prometheus.ts"
import { startGateway, testToken, type TestGateway } from "../support/gateway.ts"
import { turnableClock } from "../support/turnable-clock.ts"

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const scrape = async () => {
  const response = await fetch(`${gateway.running.url}metrics`, {
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
