import type { ConnectParams, Protocol } from "../client/wire.ts"
import type { Wish } from "../devices/device.ts"
import type { Pairing } from "../devices/pairing.ts"
import type { DeviceStore } from "../devices/store.ts"
import type { Tokens } from "../devices/tokens.ts"
import type { Auth } from "./auth.ts"
import { checkSecret, offers } from "./auth.ts"
import type { Credential, SocketData } from "./connections.ts"
import type { Refusal, RefusalReason } from "./refusal.ts"
import { refuse } from "./refusal.ts"

/** A client that was let in, and with what. */
export interface Admission {
  params: ConnectParams
  protocol: Protocol
  role: "operator" | "node"
  scopes: string[]
  deviceId?: string
  /** To be kept by the client; signs it in without the shared secret. */
  deviceToken?: string
  issuedAt?: number
  /** How it proved itself. */
  method: Auth["mode"] | "device-token" | "bootstrap-token"
  credential: Credential
}

/** A connect request that fits: what is left is who asks. */
export type Applicant = Pick<Admission, "params" | "protocol" | "role" | "scopes">

const browserIds: ReadonlySet<string> = new Set([
  "webchat-ui",
  "fased-control-ui",
  "openclaw-control-ui",
])

/** Judges who asks: gateway auth, then pairing (contract 02 §3, steps 7 to 9). */
export const createAdmission = (needs: {
  auth: () => Auth
  devices: DeviceStore
  tokens: Tokens
  pairing: Pairing
}) => {
  const { auth, devices, tokens, pairing } = needs

  /** Lets a device in whose key is proven, or says what is missing. */
  const withDevice = async (
    applicant: Applicant,
    socket: SocketData,
    publicKey: string,
  ): Promise<Admission | Refusal> => {
    const { params, role, scopes } = applicant
    const { client, auth: given = {} } = params
    const deviceId = params.device!.id.toLowerCase()
    const known = await devices.get(deviceId, role)

    const presented = given.deviceToken || given.token
    const byToken = Boolean(known && presented && tokens.matches(known, presented))
    const problem = byToken ? undefined : checkSecret(auth(), given)
    const wish: Wish = {
      deviceId,
      role,
      publicKey,
      scopes,
      platform: pinned(client.platform),
      deviceFamily: pinned(client.deviceFamily),
      displayName: client.displayName,
      clientId: client.id,
      clientMode: client.mode,
      remoteIp: socket.peer,
    }
    const entry = await pairing.admit(wish, {
      known,
      trusted: !problem,
      // The person at this machine who holds the shared secret need not approve themselves.
      silently: socket.localDirect && !byToken,
      bootstrapToken: given.bootstrapToken,
    })
    if (!entry) return refuse(offers(given) ? problem! : (ownProblem(given) ?? problem!))
    if ("requestId" in entry) return refuse("pairing", { details: entry })
    const { device, by } = entry
    const bySetup = by === "setup-code"
    const asDevice = byToken || bySetup
    return {
      ...applicant,
      deviceId,
      deviceToken: tokens.tokenOf(device),
      issuedAt: device.issuedAt,
      method: bySetup ? "bootstrap-token" : byToken ? "device-token" : auth().mode,
      credential: { kind: asDevice ? "device" : shared(auth()), deviceId, role },
    }
  }

  /** A client without a device: only on this machine, only with the shared secret, never a node or a page. */
  const withoutDevice = (applicant: Applicant, socket: SocketData): Admission | Refusal => {
    const { params, role } = applicant
    const given = params.auth ?? {}
    if (browserIds.has(params.client.id)) return refuse("uiDeviceRequired")
    if (role === "node" || !socket.localDirect || (auth().mode !== "none" && !offers(given)))
      return refuse("deviceRequired")
    const problem = checkSecret(auth(), given)
    if (problem) return refuse(problem)
    return { ...applicant, method: auth().mode, credential: { kind: shared(auth()), role } }
  }

  return { withDevice, withoutDevice }
}
export type AdmissionDesk = ReturnType<typeof createAdmission>

const shared = ({ mode }: Auth) => (mode === "none" ? mode : "shared")

/** What a device says of itself, as it is kept: a change of case is no change. */
const pinned = (text: string | undefined) => (text ?? "").trim().toLowerCase()

/** What is wrong with a credential only this device has. */
const ownProblem = ({
  bootstrapToken,
  deviceToken,
}: NonNullable<ConnectParams["auth"]>): RefusalReason | undefined =>
  bootstrapToken ? "bootstrapTokenInvalid" : deviceToken ? "deviceTokenMismatch" : undefined
