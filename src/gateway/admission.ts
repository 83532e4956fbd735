import type { ConnectParams, Protocol } from "../client/wire.ts"
import type { Device, DeviceStore } from "../devices/store.ts"
import type { Tokens } from "../devices/tokens.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Auth } from "./auth.ts"
import { checkSecret, offers } from "./auth.ts"
import type { Credential, SocketData } from "./connections.ts"
import type { Refusal } from "./refusal.ts"
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
  method: Auth["mode"] | "device-token"
  credential: Credential
}

/** A connect request that fits: what is left is who asks. */
export type Applicant = Pick<Admission, "params" | "protocol" | "role" | "scopes">

const pairingTtlMs = 5 * 60_000
const seenEveryMs = 60_000
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
  clock: Clock
}) => {
  const { auth, devices, tokens, clock } = needs

  /** Asks the operator to let a device in, or reminds of it. */
  const askForPairing = async (applicant: Applicant, device: Device, socket: SocketData) => {
    const { client } = applicant.params
    const { deviceId, role, publicKey, platform, deviceFamily } = device
    const now = clock.now()
    const { requestId } = await devices.request(
      {
        deviceId,
        role,
        publicKey,
        scopes: applicant.scopes,
        platform,
        deviceFamily,
        displayName: client.displayName,
        clientId: client.id,
        clientMode: client.mode,
        remoteIp: socket.peer,
        createdAt: now,
      },
      now - pairingTtlMs,
    )
    return refuse("pairing", { details: { requestId } })
  }

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
    if (problem)
      return refuse(given.deviceToken && !offers(given) ? "deviceTokenMismatch" : problem)

    const now = clock.now()
    const asked: Device = {
      deviceId,
      role,
      publicKey,
      platform: pinned(client.platform),
      deviceFamily: pinned(client.deviceFamily),
      scopes: [...new Set([...(known?.scopes ?? []), ...scopes])],
      generation: known?.generation ?? 1,
      issuedAt: now,
      lastSeenAt: now,
    }
    const covered = known !== null && covers(known, asked)
    // The person at this machine who holds the shared secret need not approve themselves.
    const selfApproved = socket.localDirect && !byToken
    if (!covered && !selfApproved) return askForPairing(applicant, asked, socket)
    if (!covered) await devices.save(asked)
    else if (now - known.lastSeenAt > seenEveryMs) await devices.seen(deviceId, role, now)
    const device = covered ? known : asked
    return {
      ...applicant,
      deviceId,
      deviceToken: tokens.tokenOf(device),
      issuedAt: device.issuedAt,
      method: byToken ? "device-token" : auth().mode,
      credential: { kind: byToken ? "device" : shared(auth()), deviceId, role },
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

/** What was approved includes all that is asked for. */
const covers = (known: Device, asked: Device) =>
  known.publicKey === asked.publicKey &&
  known.platform === asked.platform &&
  known.deviceFamily === asked.deviceFamily &&
  asked.scopes.every((scope) => known.scopes.includes(scope))
