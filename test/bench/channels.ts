/**
 * `npm run bench:channels -- [messages]`: how long it takes from what somebody says on a network until
 * the answer is there, with a model that needs no time; where that time goes; and what each network
 * costs in memory and at start.
 */
import { answeredBy, freshHome, residentMegabytes, testToken } from "../support/binary.ts"
import { connect } from "../../src/client/connect.ts"
import { fakeModel } from "../support/fake-model.ts"
import type { FakeNetwork } from "../support/fake-network.ts"
import { echo, openNetworks } from "../support/storm.ts"
import { quantile } from "./measure.ts"

const messages = Number(process.argv[2] ?? 200)
const everybody = { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "open" }

/** One after the other; the first ones load what is loaded on first use. */
const converse = async (network: FakeNetwork, calls: { at: number }[]) => {
  const room = network.direct(network.ada)
  const samples = []
  for (let number = 0; number < messages + 20; number++) {
    const mark = `#${network.channel}-${number}`
    const said = performance.now()
    await network.say(network.ada, room, `${mark} what do you say?`)
    await network.until(({ text }) => text.includes(`${mark},`))
    const answered = performance.now()
    const asked = calls.at(-1)!.at
    if (number >= 20)
      samples.push({ whole: answered - said, in: asked - said, out: answered - asked })
    // Discord allows five messages in a while; that wait is not ours.
    if (network.channel === "discord") await Bun.sleep(70)
  }
  return samples
}

const rows: Record<string, Record<string, string>> = {}
const measure = async (name: string, of: (network: FakeNetwork) => boolean) => {
  await using networks = await openNetworks()
  const used = networks.all.filter(of)
  const calls: { at: number }[] = []
  await using model = fakeModel({
    turns: [
      (call) => {
        calls.push({ at: performance.now() })
        return echo(call)
      },
    ],
  })
  await using home = freshHome()
  home.configure({
    ...answeredBy(model),
    channels: Object.fromEntries(
      used.map(({ channel, settings }) => [channel, { ...settings, ...everybody }]),
    ),
  })
  await (await home.start()).end("SIGTERM") // what is done once for ever
  const launched = performance.now()
  await using gateway = await home.start()
  const start = performance.now() - launched
  await Promise.all(used.map((network) => network.untilConnected()))
  const connected = performance.now() - launched
  await using _ = await connect({ url: gateway.wsUrl, token: testToken, version: "0" })
  await Bun.sleep(3000)
  const idle = await residentMegabytes(gateway.pid)
  const samples = used.length === 1 ? await converse(used[0]!, calls) : []
  const shown = (of: "whole" | "in" | "out", at: number) =>
    samples.length
      ? quantile(
          samples.map((one) => one[of]),
          at,
        ).toFixed(1)
      : "–"
  rows[name] = {
    "start, ms": start.toFixed(0),
    "connected, ms": connected.toFixed(0),
    "idle, MB": idle.toFixed(0),
    "p50, ms": shown("whole", 0.5),
    "p99, ms": shown("whole", 0.99),
    "to the model, p50": shown("in", 0.5),
    "to the network, p50": shown("out", 0.5),
    "busy, MB": (await residentMegabytes(gateway.pid)).toFixed(0),
  }
}

await measure("none", () => false)
for (const one of ["telegram", "discord", "slack", "signal"])
  await measure(one, ({ channel }) => channel === one)
await measure("all", () => true)
console.table(rows)
