import { z } from "zod"
import { DeviceAccess } from "../devices/access.ts"
import { Pairing } from "../devices/pairing.ts"
import { method } from "../kernel/method.ts"

const requestId = z.string().min(1).max(128).describe("Request to answer.")
const exampleRequest = "6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21"
const exampleId = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"

/** There is one pairing, that of devices (`device.pair.*`); under these names, only its nodes. */
export const list = method({
  name: "node.pair.list",
  scope: "pairing",
  summary: "Nodes that ask to be let in, and those that were.",
  params: () => z.object({}),
  result: () =>
    z.object({
      pending: z.array(
        z.object({
          requestId: z.string(),
          nodeId: z.string(),
          displayName: z.string().optional(),
          platform: z.string(),
          deviceFamily: z.string(),
          remoteIp: z.string().optional(),
          ts: z.int(),
        }),
      ),
      paired: z.array(
        z.object({
          nodeId: z.string(),
          displayName: z.string().optional(),
          platform: z.string(),
          approvedAtMs: z.int(),
        }),
      ),
    }),
  example: {},
  needs: { pairing: Pairing },
  async handle(_, { pairing }) {
    const { pending, paired } = await pairing.list()
    return {
      pending: pending
        .filter(({ role }) => role === "node")
        .map(({ deviceId, createdAt, ...request }) => ({
          ...request,
          nodeId: deviceId,
          ts: createdAt,
        })),
      paired: paired
        .filter(({ role, revokedAt }) => role === "node" && revokedAt === undefined)
        .map(({ deviceId, displayName, platform, pairedAt }) => ({
          nodeId: deviceId,
          displayName,
          platform,
          approvedAtMs: pairedAt,
        })),
    }
  },
})

export const approve = method({
  name: "node.pair.approve",
  scope: "pairing",
  summary: "Let a node in; the same as device.pair.approve.",
  params: () => z.object({ requestId }),
  result: () => z.object({ requestId: z.string(), nodeId: z.string() }),
  example: { requestId: exampleRequest },
  emits: ["device.pair.resolved"],
  needs: { pairing: Pairing },
  handle: async ({ requestId }, { pairing, caller }) => ({
    requestId,
    nodeId: (await pairing.approve(requestId, caller)).deviceId,
  }),
})

export const reject = method({
  name: "node.pair.reject",
  scope: "pairing",
  summary: "Turn a node away; the same as device.pair.reject.",
  params: () => z.object({ requestId }),
  result: () => z.object({ requestId: z.string(), nodeId: z.string() }),
  example: { requestId: exampleRequest },
  emits: ["device.pair.resolved"],
  needs: { pairing: Pairing },
  handle: async ({ requestId }, { pairing }) => ({
    requestId,
    nodeId: await pairing.reject(requestId),
  }),
})

export const remove = method({
  name: "node.pair.remove",
  scope: "pairing",
  summary: "End a node's access and connections; an operator's access of the same machine stays.",
  params: () =>
    z.object({
      nodeId: z.string().trim().toLowerCase().min(1).max(128).describe("The node's whole id."),
    }),
  result: () => z.object({ nodeId: z.string(), revokedAtMs: z.int() }),
  example: { nodeId: exampleId },
  needs: { access: DeviceAccess },
  handle: async ({ nodeId }, { access, caller }) => ({
    nodeId,
    revokedAtMs: await access.revoke({ deviceId: nodeId, role: "node" }, caller),
  }),
})
