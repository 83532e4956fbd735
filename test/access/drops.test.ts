import { expect, test } from "bun:test"
import { Drops } from "../../src/access/drops.ts"
import { provideAccess } from "../../src/access/provide.ts"
import { Clock, systemClock } from "../../src/kernel/clock.ts"
import { Log } from "../../src/kernel/log.ts"
import { Services } from "../../src/kernel/service.ts"
import { silentLog } from "../support/silent-log.ts"

test("what was turned away is remembered, however long nobody asks", async () => {
  const services = new Services()
  services.provide(Clock, systemClock)
  services.provide(Log, silentLog)
  provideAccess(services)
  services.get(Drops).add({
    channel: "telegram",
    account: "default",
    chat: "1",
    id: "7",
    sender: "1",
    deed: "message",
    reason: { code: "own-message" },
  })
  for (let round = 0; round < 3; round++) {
    await new Promise((next) => setImmediate(next))
    Bun.gc(true)
  }
  expect(services.get(Drops).find({ id: "7" }, 1)).toHaveLength(1)
})
