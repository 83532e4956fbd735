import { expect, test } from "bun:test"
import { freshHome } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { echo, figures, onEveryNetwork, openNetworks, storm } from "../support/storm.ts"

test("kill -9 over and over, on networks that make trouble: nothing is lost, and nothing said twice", async () => {
  await using model = fakeModel({ turns: [echo] })
  await using home = freshHome()
  await using networks = await openNetworks()
  home.configure(onEveryNetwork(model, networks.config))
  const { kills, fates } = await storm(networks.all, home, {
    messages: 40,
    livesMs: 1500,
    paceMs: 60,
  })
  console.table(figures(fates))
  console.log(`${kills} kills; npm run bench:crash does it with 10 000 messages`)
  for (const [channel, { failed, lost, doubled }] of Object.entries(fates))
    expect({ channel, failed, lost, doubled }).toEqual({
      channel,
      failed: [],
      lost: [],
      doubled: [],
    })
}, 120_000)
