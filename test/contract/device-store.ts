import { describe, expect, test } from "bun:test"
import type { Device, PairRequest } from "../../src/devices/device.ts"
import type { DeviceStore } from "../../src/devices/store.ts"
import type { OpenStore } from "./store.ts"

const device: Device = {
  deviceId: "d1",
  role: "operator",
  publicKey: "key",
  scopes: ["operator.read", "operator.write"],
  platform: "linux",
  deviceFamily: "",
  displayName: "desk",
  clientId: "cli",
  clientMode: "cli",
  generation: 1,
  pairedAt: 10,
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
      const first = await at.store.request(request)
      expect(first).toEqual({ request: { ...request, requestId: expect.any(String) }, isNew: true })
      const { requestId } = first.request
      const renewed = { ...request, createdAt: 200, remoteIp: "10.0.0.8" }
      expect(await at.store.request(renewed)).toEqual({
        request: { ...renewed, requestId },
        isNew: false,
      })
      const node = await at.store.request({ ...request, role: "node", scopes: [] })
      expect(node.isNew).toBe(true)
      expect((await at.store.requests()).map((one) => one.requestId)).toEqual([
        requestId,
        node.request.requestId,
      ])
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
        const first = await at.store.request(request)
        const other = await at.store.request({ ...request, ...more })
        expect(other).toMatchObject({ isNew: true, replaced: first.request })
        expect(other.request.requestId).not.toBe(first.request.requestId)
        expect(await at.store.requests()).toEqual([other.request])
        expect(await at.store.approve(first.request.requestId, () => device)).toBeNull()
      },
    )

    test("requests that are too old go, and all but the newest", async () => {
      await using at = await open()
      for (const n of [1, 2, 3, 4])
        await at.store.request({ ...request, deviceId: `d${n}`, createdAt: n * 100 })
      const idsOf = (requests: PairRequest[]) => requests.map(({ deviceId }) => deviceId).sort()
      expect(idsOf(await at.store.expire(101, 2))).toEqual(["d1", "d2"])
      expect(idsOf(await at.store.expire(101, 2))).toEqual([])
      expect(idsOf(await at.store.requests())).toEqual(["d3", "d4"])
    })

    test("an approval uses the request up and keeps the record, or changes nothing", async () => {
      await using at = await open()
      const { requestId } = (await at.store.request(request)).request
      const refuse = () => {
        throw new Error("not by you")
      }
      await expect(at.store.approve(requestId, refuse)).rejects.toThrow("not by you")
      expect(await at.store.get("d1", "operator")).toBeNull()
      const approved = await at.store.approve(requestId, (asked, known) => {
        expect({ asked: asked.requestId, known }).toEqual({ asked: requestId, known: null })
        return device
      })
      expect(approved).toMatchObject({ device, request: { requestId } })
      expect(await at.store.get("d1", "operator")).toEqual(device)
      expect(await at.store.approve(requestId, () => device)).toBeNull()
    })

    test("a request is dropped once", async () => {
      await using at = await open()
      const { requestId } = (await at.store.request(request)).request
      expect(await at.store.drop(requestId)).toMatchObject({ requestId })
      expect(await at.store.drop(requestId)).toBeNull()
    })

    test("only a device nobody knew in any role is introduced", async () => {
      await using at = await open()
      expect(await at.store.introduce(device)).toEqual(device)
      expect(await at.store.introduce({ ...device, scopes: ["operator.admin"] })).toEqual(device)
      expect(await at.store.introduce({ ...device, role: "node" })).toBeNull()
      expect(await at.store.list()).toEqual([device])
    })

    test("a record is changed as a whole, or not at all", async () => {
      await using at = await open()
      await at.store.save({ ...device, revokedAt: 50 })
      const changed = await at.store.update("d1", "operator", ({ revokedAt: _, ...known }) => ({
        ...known,
        generation: 2,
      }))
      expect(changed).toEqual({ ...device, generation: 2 })
      expect(await at.store.get("d1", "operator")).toEqual({ ...device, generation: 2 })
      expect(await at.store.update("d1", "node", (known) => known)).toBeNull()
    })

    test("removing a device takes every role, its requests and the codes it made", async () => {
      await using at = await open()
      await at.store.save(device)
      await at.store.save({ ...device, role: "node" })
      const { request: pending } = await at.store.request(request)
      const code = { role: "operator" as const, scopes: [], expiresAt: 1_000 }
      await at.store.addCode({ ...code, hash: "its", madeBy: "d1" }, 1)
      await at.store.addCode({ ...code, hash: "other", madeBy: "d2" }, 1)
      expect(await at.store.remove("d1")).toEqual({ known: true, requests: [pending] })
      expect(await at.store.remove("d1")).toEqual({ known: false, requests: [] })
      expect(await at.store.list()).toEqual([])
      const who = { deviceId: "d3", role: "operator", at: 1 }
      expect(await at.store.redeem("its", who, () => device)).toBeNull()
      expect(await at.store.redeem("other", who, () => device)).not.toBeNull()
    })

    test("a code is redeemed once, by whom it fits, before it ends", async () => {
      await using at = await open()
      const code = { role: "operator" as const, scopes: ["operator.read"], expiresAt: 1_000 }
      await at.store.addCode({ ...code, hash: "h" }, 1)
      await at.store.addCode({ ...code, hash: "late" }, 1)
      await at.reopen()
      const who = { deviceId: "d1", role: "operator", at: 999 }
      expect(await at.store.redeem("unknown", who, () => device)).toBeNull()
      expect(await at.store.redeem("h", who, () => null)).toBeNull()
      const { request: pending } = await at.store.request(request)
      const redeemed = await at.store.redeem("h", who, (found, known) => {
        expect({ found, known }).toEqual({ found: { ...code, hash: "h" }, known: null })
        return device
      })
      expect(redeemed).toEqual({ device, request: pending })
      expect(await at.store.get("d1", "operator")).toEqual(device)
      expect(await at.store.redeem("h", who, () => device)).toBeNull()
      expect(await at.store.redeem("late", { ...who, at: 1_000 }, () => device)).toBeNull()
      await at.store.addCode({ ...code, hash: "next", expiresAt: 2_000 }, 1_000)
      expect(await at.store.redeem("late", who, () => device)).toBeNull()
    })

    test("codes end with the device that made them, or all at once", async () => {
      await using at = await open()
      const code = { role: "operator" as const, scopes: [], expiresAt: 1_000 }
      const who = { deviceId: "d1", role: "operator", at: 1 }
      for (const [hash, madeBy] of [
        ["a", "d1"],
        ["b", "d2"],
        ["c", undefined],
      ] as const)
        await at.store.addCode({ ...code, hash, madeBy }, 1)
      await at.store.endCodes("d1")
      expect(await at.store.redeem("a", who, () => device)).toBeNull()
      expect(await at.store.redeem("b", who, () => device)).not.toBeNull()
      await at.store.endCodes()
      expect(await at.store.redeem("c", who, () => device)).toBeNull()
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
