/**
 * `npm run bench:crash -- [messages] [longest life in ms] [pace in ms]`: messages on every network at
 * once while the networks make trouble and the gateway is killed over and over; then what became of
 * every one of them. Ends with 1 when one was lost or answered twice without being marked.
 */
import { freshHome } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { echo, figures, onEveryNetwork, openNetworks, storm } from "../support/storm.ts"

const [messages = 10_000, livesMs = 6000, paceMs = 40] = process.argv.slice(2).map(Number)
await using model = fakeModel({ turns: [echo] })
await using home = freshHome()
await using networks = await openNetworks()
home.configure(onEveryNetwork(model, networks.config))
const began = Date.now()
const { kills, fates } = await storm(networks.all, home, {
  messages: Math.ceil(messages / networks.all.length),
  livesMs,
  paceMs,
})
console.table(figures(fates))
console.log(`${kills} kills in ${Math.round((Date.now() - began) / 1000)} s`)
const wrong = Object.values(fates).flatMap(({ failed, lost, doubled }) => [
  ...failed,
  ...lost,
  ...doubled,
])
if (wrong.length) console.log(`not as it should be: ${wrong.join(" ")}`)
process.exitCode = wrong.length ? 1 : 0
