import { describe, expect, test } from "bun:test"
import type { Device, DeviceStore, PairRequest } from "../../src/devices/store.ts"
import type { OpenStore } from "./store.ts"

const device: Device = {
  deviceId: "d1",
  role: "operator",
  publicKey: "key",
  scopes: ["operator.read", "operator.write"],
  platform: "linux",
  deviceFamily: "",
  generation: 1,
  issuedAt: 10,
  lastSeenAt: 10,
}

const request: Omit<PairRequest, "requestId"> = {
  deviceId: "d1",
  role: "operator",
  publicKey: "key",
  scopes: ["operator.read"],
  platform: "linux",
  deviceFamily: "",
  displayName: "desk",
  clientId: "cli",
  clientMode: "cli",
  remoteIp: "10.0.0.9",
  createdAt: 100,
}

/** What every keeper of devices owes. */
export const deviceStoreContract = (name: string, open: OpenStore<DeviceStore>) =>
  describe(`${name} keeps devices`, () => {
    test("a device is kept per role, replaced as a whole, and there after the process ended", async () => {
      await using at = await open()
      await at.store.save(device)
      await at.store.save({ ...device, role: "node", scopes: [] })
      await at.store.save({ ...device, scopes: ["operator.admin"], generation: 2 })
      await at.reopen()
      expect(await at.store.get("d1", "operator")).toEqual({
        ...device,
        scopes: ["operator.admin"],
        generation: 2,
      })
      expect(await at.store.get("d1", "node")).toEqual({ ...device, role: "node", scopes: [] })
      expect([await at.store.get("d2", "operator"), await at.store.get("D1", "operator")]).toEqual([
        null,
        null,
      ])
    })

    test("being seen changes nothing but when", async () => {
      await using at = await open()
      await at.store.save(device)
      await at.store.seen("d1", "operator", 99)
      await at.store.seen("nobody", "operator", 99)
      expect(await at.store.get("d1", "operator")).toEqual({ ...device, lastSeenAt: 99 })
      expect(await at.store.get("nobody", "operator")).toBeNull()
    })

    test("a request keeps its id for as long as the same is asked", async () => {
      await using at = await open()
      const first = await at.store.request(request, 0)
      expect(first).toMatchObject(request)
      const again = await at.store.request({ ...request, createdAt: 200, remoteIp: "10.0.0.8" }, 0)
      expect(again).toEqual({ ...first, createdAt: 200, remoteIp: "10.0.0.8" })
      const node = await at.store.request({ ...request, role: "node", scopes: [] }, 0)
      expect(node.requestId).not.toBe(first.requestId)
      expect((await at.store.request(request, 0)).requestId).toBe(first.requestId)
    })

    test.each([
      ["wider scopes", { scopes: ["operator.read", "operator.admin"] }],
      ["another key", { publicKey: "other" }],
      ["another platform", { platform: "ios" }],
      ["another family", { deviceFamily: "phone" }],
    ])(
      "%s is another request: nobody approves by an id what they have not seen",
      async (_, more) => {
        await using at = await open()
        const { requestId } = await at.store.request(request, 0)
        expect((await at.store.request({ ...request, ...more }, 0)).requestId).not.toBe(requestId)
      },
    )

    test("a request that is too old is gone", async () => {
      await using at = await open()
      const { requestId } = await at.store.request(request, 0)
      const later = await at.store.request({ ...request, createdAt: 500 }, 101)
      expect(later.requestId).not.toBe(requestId)
    })

    test("a secret is made once per name, whoever asks first, and stays", async () => {
      await using at = await open()
      let made = 0
      const make = () => `secret ${++made}`
      const asked = await Promise.all([at.store.secret("a", make), at.store.secret("a", make)])
      expect(new Set(asked).size).toBe(1)
      expect(await at.store.secret("b", make)).not.toBe(asked[0]!)
      await at.reopen()
      expect(await at.store.secret("a", make)).toBe(asked[0]!)
    })
  })
