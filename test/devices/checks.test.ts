import { expect, test } from "bun:test"
import { nobodyWaits } from "../../src/devices/checks.ts"
import type { Pairing } from "../../src/devices/pairing.ts"

const pairing = (...pending: object[]) =>
  ({ list: async () => ({ pending, paired: [] }) }) as unknown as Pairing

test("devices.waiting names who waits and the exact command, and approves nobody", async () => {
  expect(await nobodyWaits.detect({ pairing: pairing() })).toBeNull()
  const found = (await nobodyWaits.detect({
    pairing: pairing(
      { requestId: "req-1", deviceId: "d1", displayName: "Phone" },
      { requestId: "req-2", deviceId: "d2" },
    ),
  }))!
  expect(nobodyWaits.explain(found)).toContain("2 devices wait to be let in: Phone, d2.")
  expect(nobodyWaits.next!(found)).toContain("fased devices approve req-1")
  expect(nobodyWaits.fix).toBeUndefined()
})
