import type { Clock } from "../kernel/clock.ts"
import type { Caller } from "../kernel/method.ts"
import { service } from "../kernel/service.ts"
import { guardGrant, guardOwn } from "./authority.ts"
import type { DeviceRole } from "./device.ts"
import { beyondRecord, unknownDevice } from "./faults.ts"
import type { Pairing } from "./pairing.ts"
import type { DeviceSockets } from "./sockets.ts"
import type { DeviceStore } from "./store.ts"
import type { Tokens } from "./tokens.ts"
import { newGeneration } from "./tokens.ts"

interface Whose {
  deviceId: string
  role: DeviceRole
}

/** Takes access away, or gives it anew. What a device had before ends at once, on every connection. */
export const createAccess = (needs: {
  store: DeviceStore
  pairing: Pairing
  tokens: Tokens
  sockets: () => DeviceSockets
  clock: Clock
}) => {
  const { store, pairing, tokens, sockets, clock } = needs
  return {
    async rotate({ deviceId, role, scopes }: Whose & { scopes?: string[] }, caller: Caller) {
      guardOwn(caller, { deviceId, role })
      const rotated = await store.update(deviceId, role, ({ revokedAt: _, ...known }) => {
        const wanted = scopes ? [...new Set(scopes)] : known.scopes
        const beyond = wanted.find((scope) => !known.scopes.includes(scope))
        if (beyond !== undefined) throw beyondRecord({ deviceId, scope: beyond })
        guardGrant(caller, { role, scopes: wanted })
        return { ...known, scopes: wanted, generation: newGeneration(), issuedAt: clock.now() }
      })
      if (!rotated) throw unknownDevice({ deviceId, role })
      await store.endCodes(deviceId)
      sockets().close({ deviceId, role }, "device token rotated", caller.connection)
      return { device: rotated, token: tokens.tokenOf(rotated) }
    },

    async revoke({ deviceId, role }: Whose, caller: Caller) {
      guardOwn(caller, { deviceId, role })
      const revokedAt = clock.now()
      const revoked = await store.update(deviceId, role, (known) => ({
        ...known,
        generation: newGeneration(),
        revokedAt,
      }))
      if (!revoked) throw unknownDevice({ deviceId, role })
      await store.endCodes(deviceId)
      sockets().close({ deviceId, role }, "device token revoked", caller.connection)
      return revokedAt
    },

    async remove(deviceId: string, caller: Caller) {
      guardOwn(caller, { deviceId })
      if (!(await pairing.remove(deviceId))) throw unknownDevice({ deviceId })
      sockets().close({ deviceId }, "device removed", caller.connection)
    },
  }
}
export type DeviceAccess = ReturnType<typeof createAccess>
export const DeviceAccess = service<DeviceAccess>("device access")
