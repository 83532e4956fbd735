import { closeCodes } from "../client/wire.ts"
import type { DeviceSockets } from "../devices/sockets.ts"
import type { Client, Connections } from "./connections.ts"

/** The connections whose clients proved a device's key, however they signed in. */
export const deviceSockets = (connections: Connections): DeviceSockets => ({
  close({ deviceId, role }, reason, speaking) {
    const isTheirs = ({ credential }: Client) =>
      credential.deviceId === deviceId && (role === undefined || credential.role === role)
    const close = (fits: (client: Client) => boolean) =>
      connections.closeWhere(fits, closeCodes.policy, reason)
    // After the answer: a connection that ends its own device still hears that it did.
    setImmediate(() => close(isTheirs))
    return close((client) => isTheirs(client) && client.caller.connection !== speaking)
  },
})
