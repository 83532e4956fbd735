import type { ConnectParams, Protocol } from "../client/wire.ts"
import type { Wish } from "../devices/device.ts"
import type { Pairing } from "../devices/pairing.ts"
import type { DeviceStore } from "../devices/store.ts"
import type { Tokens } from "../devices/tokens.ts"
import type { Access } from "./access.ts"
import type { Credential, SocketData } from "./connections.ts"
import type { Refusal } from "./refusal.ts"
import { refuse } from "./refusal.ts"
import type { Proof, SignIn } from "./sign-in.ts"
import { offers } from "./sign-in.ts"

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
  method: Proof["method"]
  /** Whom a proxy or the tailnet says it is. */
  user?: string
  credential: Credential
}

/** A connect request that fits: what is left is who asks. */
export type Applicant = Pick<Admission, "params" | "protocol" | "role" | "scopes">

const browserIds: ReadonlySet<string> = new Set([
  "webchat-ui",
  "fased-control-ui",
  "openclaw-control-ui",
])

/** Judges who asks: gateway auth, then pairing (contract 02 §3, steps 5 and 7 to 9). */
export const createAdmission = (needs: {
  access: () => Access
  signIn: SignIn
  devices: DeviceStore
  tokens: Tokens
  pairing: Pairing
}) => {
  const { access, signIn, devices, tokens, pairing } = needs

  /** Lets a device in whose key is proven, or says what is missing. */
  const withDevice = async (
    applicant: Applicant,
    socket: SocketData,
    publicKey: string,
  ): Promise<Admission | Refusal> => {
    const { params, role, scopes } = applicant
    const { client, auth: given = {} } = params
    const deviceId = params.device!.id.toLowerCase()
    const before = await devices.get(deviceId, role)
    const judged = await signIn(bearingsOf(socket, client.id), given, before)
    const proof = "error" in judged ? undefined : judged
    // Judging may take a moment; a record that was changed meanwhile counts as it is now.
    const known = await devices.get(deviceId, role)
    if (proof?.kind === "device" && known?.generation !== before?.generation)
      return refuse("deviceTokenMismatch")
    const isClosed = access().auth.mode === "closed"
    if ("error" in judged && (isClosed || !given.bootstrapToken)) return judged
    // Whom a trusted proxy signed in needs no pairing; a node always does.
    if (proof?.kind === "proxy" && role === "operator") return admit(applicant, proof, deviceId)

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
      remoteIp: socket.remote.address,
    }
    const entry = await pairing.admit(wish, {
      known,
      trusted: proof !== undefined,
      // The person at this machine who holds the shared secret need not approve themselves.
      silently: socket.remote.route === "local" && proof?.kind !== "device",
      bootstrapToken: given.bootstrapToken,
    })
    if (!entry) return "error" in judged && offers(given) ? judged : refuse("bootstrapTokenInvalid")
    if (!("device" in entry)) return refuse("pairing", { details: entry })
    const { device, by } = entry
    const shown = by === "record" && proof ? proof : bySetupCode
    return {
      ...admit(applicant, shown, deviceId),
      deviceToken: tokens.tokenOf(device),
      issuedAt: device.issuedAt,
    }
  }

  /** A client without a device: a program of this machine, or an operator a proxy signed in. */
  const withoutDevice = async (
    applicant: Applicant,
    socket: SocketData,
  ): Promise<Admission | Refusal> => {
    const { params, role } = applicant
    const given = params.auth ?? {}
    const isPage = browserIds.has(params.client.id)
    const { proxyUser, remote } = socket
    if (role === "node") return refuse("deviceRequired")
    if (!proxyUser && isPage) return refuse("uiDeviceRequired")
    if (!proxyUser && remote.route !== "local") return refuse("deviceRequired")
    const judged = await signIn(bearingsOf(socket, params.client.id), given, null)
    if ("error" in judged) return proxyUser || offers(given) ? judged : refuse("deviceRequired")
    if (isPage && judged.kind !== "proxy") return refuse("uiDeviceRequired")
    return admit(applicant, judged)
  }

  return { withDevice, withoutDevice }
}
export type AdmissionDesk = ReturnType<typeof createAdmission>

/** The sign-in of the Control UI is nothing to any other client. */
const bearingsOf = (socket: SocketData, clientId: string) =>
  browserIds.has(clientId) ? socket : { ...socket, sessionId: undefined }

const bySetupCode: Proof = { kind: "device", method: "bootstrap-token" }

const admit = (applicant: Applicant, proof: Proof, deviceId?: string): Admission => {
  const { kind, method, user, sessionId } = proof
  const credential: Credential = { kind, deviceId, role: applicant.role, sessionId }
  return { ...applicant, deviceId, method, user, credential }
}

/** What a device says of itself, as it is kept: a change of case is no change. */
const pinned = (text: string | undefined) => (text ?? "").trim().toLowerCase()
