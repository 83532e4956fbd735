import * as z from "zod"
import { scopeNames } from "../client/wire.ts"
import { holds, method } from "../kernel/method.ts"
import type { Scope } from "../kernel/method.ts"
import { DeviceAccess } from "./access.ts"
import { pairRequest } from "./events.ts"
import { Pairing } from "./pairing.ts"
import { shownRequest } from "./record.ts"
import { codeTtlMs, SetupCodes } from "./setup-codes.ts"
import { Reach, setupCode, setupUrl } from "./setup-url.ts"
import { pairedDevice, shownDevices } from "./shown.ts"

const requestId = z.string().min(1).max(128).describe("Request to answer.")
const deviceId = z.string().trim().toLowerCase().min(1).max(128).describe("The device's whole id.")
const role = z.enum(["operator", "node"]).describe("Which of its roles.")
const scopes = z.array(z.enum(scopeNames)).max(16)

const exampleId = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
const exampleRequest = "6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21"

export const list = method({
  name: "device.pair.list",
  scope: "pairing",
  summary: "Devices that ask to be let in, and those that were.",
  params: () => z.object({}),
  result: () => z.object({ pending: z.array(pairRequest), paired: z.array(pairedDevice) }),
  example: {},
  needs: { pairing: Pairing },
  async handle(_, { pairing }) {
    const { pending, paired } = await pairing.list()
    return { pending: pending.map(shownRequest), paired: shownDevices(paired) }
  },
})

export const approve = method({
  name: "device.pair.approve",
  scope: "pairing",
  summary: "Let a device in for what it asked; the caller holds all of that themselves.",
  params: () => z.object({ requestId }),
  result: () => z.object({ requestId: z.string(), device: pairedDevice }),
  example: { requestId: exampleRequest },
  emits: ["device.pair.resolved"],
  needs: { pairing: Pairing },
  async handle({ requestId }, { pairing, caller }) {
    const device = await pairing.approve(requestId, caller)
    return { requestId, device: shownDevices([device])[0]! }
  },
})

export const reject = method({
  name: "device.pair.reject",
  scope: "pairing",
  summary: "Turn a device away; it may ask again.",
  params: () => z.object({ requestId }),
  result: () => z.object({ requestId: z.string(), deviceId: z.string() }),
  example: { requestId: exampleRequest },
  emits: ["device.pair.resolved"],
  needs: { pairing: Pairing },
  async handle({ requestId }, { pairing }) {
    return { requestId, deviceId: await pairing.reject(requestId) }
  },
})

export const remove = method({
  name: "device.pair.remove",
  scope: "pairing",
  summary: "Forget a device; its tokens and connections end at once.",
  params: () => z.object({ deviceId }),
  result: () => z.object({ deviceId: z.string() }),
  example: { deviceId: exampleId },
  emits: ["device.pair.resolved"],
  needs: { access: DeviceAccess },
  async handle({ deviceId }, { access, caller }) {
    await access.remove(deviceId, caller)
    return { deviceId }
  },
})

export const rotate = method({
  name: "device.token.rotate",
  scope: "pairing",
  summary: "Give a device another token, with the same scopes or fewer; the old one ends at once.",
  params: () =>
    z.object({
      deviceId,
      role,
      scopes: scopes.optional().describe("Fewer scopes than it has; left out, it keeps them."),
    }),
  result: () =>
    z.object({
      deviceId: z.string(),
      role,
      token: z.string(),
      scopes: z.array(z.string()),
      rotatedAtMs: z.int(),
    }),
  example: { deviceId: exampleId, role: "operator" },
  needs: { access: DeviceAccess },
  async handle(params, { access, caller }) {
    const { device, token } = await access.rotate(params, caller)
    const { deviceId, role, scopes, issuedAt } = device
    return { deviceId, role, token, scopes, rotatedAtMs: issuedAt }
  },
})

export const revoke = method({
  name: "device.token.revoke",
  scope: "pairing",
  summary: "End a device's token and connections; it signs in again with the gateway's secret.",
  params: () => z.object({ deviceId, role }),
  result: () => z.object({ deviceId: z.string(), role, revokedAtMs: z.int() }),
  example: { deviceId: exampleId, role: "operator" },
  needs: { access: DeviceAccess },
  async handle(params, { access, caller }) {
    return { ...params, revokedAtMs: await access.revoke(params, caller) }
  },
})

/** What somebody's own phone needs. */
const usualScopes = ["operator.read", "operator.write", "operator.approvals"] as const

export const createSetup = method({
  name: "device.setup.create",
  scope: "pairing",
  summary: "Make a code that lets one device in, once, within ten minutes.",
  params: () =>
    z.object({
      url: z
        .string()
        .max(512)
        .optional()
        .describe("Address the device reaches this gateway by; left out, where it listens."),
      role: role.default("operator").describe("What the device comes as."),
      scopes: scopes
        .optional()
        .describe("What it may do; left out, read, write and approvals as far as the caller may."),
      ttlMs: z
        .int()
        .min(1000)
        .max(codeTtlMs)
        .default(codeTtlMs)
        .describe("How long it is good for."),
    }),
  result: () =>
    z.object({
      setupCode: z.string(),
      gatewayUrl: z.string(),
      urlSource: z.string(),
      auth: z.literal("bootstrap-token"),
      role,
      scopes: z.array(z.string()),
      expiresAtMs: z.int(),
    }),
  example: { url: "wss://gateway.example.com", scopes: ["operator.read"] },
  needs: { codes: SetupCodes, reach: Reach },
  async handle({ url, role, scopes, ttlMs }, { codes, reach, caller }) {
    const { url: gatewayUrl, source: urlSource } = setupUrl(url, reach)
    const usual = usualScopes.filter((name) =>
      holds(caller.scopes, name.replace("operator.", "") as Scope),
    )
    const granted = role === "node" ? [] : [...new Set(scopes ?? usual)]
    const { token, expiresAt } = await codes.make({ role, scopes: granted, ttlMs }, caller)
    return {
      setupCode: setupCode(gatewayUrl, token),
      gatewayUrl,
      urlSource,
      auth: "bootstrap-token" as const,
      role,
      scopes: granted,
      expiresAtMs: expiresAt,
    }
  },
})
