import { generateKeyPairSync } from "node:crypto"
import { deviceIdentity } from "../../src/client/device.ts"
import type { TestGateway } from "./gateway.ts"

const identity = () =>
  deviceIdentity(
    generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  )

export interface Asked {
  id: string
  nodeId: string
  command: string
  paramsJSON: string | null
}

/** A node that speaks the wire and answers as it is told. */
export const phone = async (
  gateway: TestGateway,
  commands: string[],
  answer?: (asked: Asked) => object | undefined,
  device = identity(),
) => {
  const client = await gateway.connect({
    device,
    clientId: "fased-android",
    mode: "node",
    caps: ["camera"],
    node: { displayName: "phone", commands, permissions: { "camera.capture": true } },
  })
  client.on("node.invoke.request", (payload) => {
    const result = answer?.(payload as never)
    if (result) void client.request("node.invoke.result", result).catch(() => undefined)
  })
  return { client, nodeId: device.id, device }
}

export const invoke = (gateway: TestGateway, nodeId: string, more: object) =>
  gateway.client.request("node.invoke", { nodeId, idempotencyKey: crypto.randomUUID(), ...more })
