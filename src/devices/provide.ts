import { randomBytes } from "node:crypto"
import { Clock } from "../kernel/clock.ts"
import { Bus } from "../kernel/event.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { createAccess, DeviceAccess } from "./access.ts"
import { createPairing, Pairing } from "./pairing.ts"
import { createSetupCodes, SetupCodes } from "./setup-codes.ts"
import { DeviceSockets } from "./sockets.ts"
import { createDeviceStore, Devices } from "./store.ts"
import { createTokens } from "./tokens.ts"

/** Builds all that knows of devices. The gateway adds `DeviceSockets` and `Reach` when its port is open. */
export const provideDevices = async (services: Services) => {
  const clock = services.get(Clock)
  const store = services.provide(Devices, createDeviceStore(services.get(Store)))
  const tokens = createTokens(await store.secret("tokens", () => randomBytes(32).toString("hex")))
  const codes = services.provide(SetupCodes, createSetupCodes({ store, clock }))
  const pairing = services.provide(
    Pairing,
    createPairing({ store, codes, bus: services.get(Bus), clock, log: services.get(Log) }),
  )
  const sockets = () => services.get(DeviceSockets)
  services.provide(DeviceAccess, createAccess({ store, pairing, tokens, sockets, clock }))
  return { devices: store, tokens, pairing }
}
