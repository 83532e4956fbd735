import type { ConnectParams, Protocol } from "../client/wire.ts"
import { protocols, scopeNames } from "../client/wire.ts"
import { checkProof } from "../devices/proof.ts"
import type { Device, DeviceStore } from "../devices/store.ts"
import type { Tokens } from "../devices/tokens.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Scope } from "../kernel/method.ts"
import type { Auth } from "./auth.ts"
import { checkSecret } from "./auth.ts"
import type { SocketData } from "./connections.ts"
import { connectParams, firstIssue } from "./frames.ts"
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
  method: Auth["mode"] | "device-token"
}

const pairingTtlMs = 5 * 60_000
const seenEveryMs = 60_000
const browserIds: ReadonlySet<string> = new Set([
  "webchat-ui",
  "fased-control-ui",
  "openclaw-control-ui",
])

/** The wire's `operator.read` as a scope of ours. */
export const toScopes = (names: readonly string[]): ReadonlySet<Scope> =>
  new Set(names.map((name) => name.replace(/^operator\./, "") as Scope))

/** The checks between `connect` and `hello-ok`, in the contract's order (02 §3). */
export const createHandshake = (needs: {
  auth: () => Auth
  devices: DeviceStore
  tokens: Tokens
  clock: Clock
}) => {
  const { auth, devices, tokens, clock } = needs

  /** Lets a device in whose key is proven, or says what is missing. */
  const admitDevice = async (
    params: ConnectParams,
    socket: SocketData,
    publicKey: string,
    role: "operator" | "node",
    scopes: string[],
  ): Promise<Admission | Refusal> => {
    const { client, auth: given = {} } = params
    const deviceId = params.device!.id.toLowerCase()
    const platform = (client.platform ?? "").trim().toLowerCase()
    const deviceFamily = (client.deviceFamily ?? "").trim().toLowerCase()
    const now = clock.now()
    const known = await devices.get(deviceId, role)
    const presented = given.deviceToken ?? given.token
    const byToken = known !== null && presented !== undefined && tokens.matches(known, presented)
    const secretProblem = byToken ? undefined : checkSecret(auth(), given)
    if (secretProblem)
      return refuse(given.deviceToken && !given.token ? "deviceTokenMismatch" : secretProblem)

    const covered =
      known?.publicKey === publicKey &&
      known.platform === platform &&
      known.deviceFamily === deviceFamily &&
      scopes.every((scope) => known.scopes.includes(scope))
    // The person at this machine who holds the shared secret need not approve themselves.
    const selfApproved = socket.localDirect && !byToken
    if (!covered && !selfApproved) {
      const request = await devices.request(
        {
          deviceId,
          role,
          publicKey,
          scopes,
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
      return refuse("pairing", { details: { requestId: request.requestId } })
    }
    const device: Device = covered
      ? known
      : {
          deviceId,
          role,
          publicKey,
          platform,
          deviceFamily,
          scopes: [
            ...new Set([...(known?.publicKey === publicKey ? known.scopes : []), ...scopes]),
          ],
          generation: known?.generation ?? 1,
          issuedAt: now,
          lastSeenAt: now,
        }
    if (!covered) await devices.save(device)
    else if (now - device.lastSeenAt > seenEveryMs) await devices.seen(deviceId, role, now)
    return {
      params,
      protocol: 4,
      role,
      scopes,
      deviceId,
      deviceToken: tokens.tokenOf(device),
      issuedAt: device.issuedAt,
      method: byToken ? "device-token" : auth().mode,
    }
  }

  /** A client without a device: only on this machine, only with the shared secret, never a node or a page. */
  const admitWithoutDevice = (
    params: ConnectParams,
    socket: SocketData,
    role: "operator" | "node",
    scopes: string[],
  ): Admission | Refusal => {
    const given = params.auth ?? {}
    if (browserIds.has(params.client.id)) return refuse("uiDeviceRequired")
    const offered = Boolean(given.token ?? given.password)
    if (role === "node" || !socket.localDirect || (auth().mode !== "none" && !offered))
      return refuse("deviceRequired")
    const problem = checkSecret(auth(), given)
    if (problem) return refuse(problem)
    return { params, protocol: 4, role, scopes, method: auth().mode }
  }

  return async (raw: unknown, socket: SocketData): Promise<Admission | Refusal> => {
    const parsed = connectParams.safeParse(raw)
    if (!parsed.success) return refuse("badParams", { issue: firstIssue(parsed.error) })
    const protocol = protocols.find(
      (version) => parsed.data.minProtocol <= version && version <= parsed.data.maxProtocol,
    )
    if (!protocol)
      return refuse("protocol", {
        details: { expectedProtocol: protocols[0], supportedProtocols: protocols },
      })
    const role = (parsed.data.role ?? "operator").trim().toLowerCase()
    if (role !== "operator" && role !== "node") return refuse("role")
    const params: ConnectParams = {
      ...parsed.data,
      role: parsed.data.role === undefined ? undefined : role,
    }
    if (!socket.originAllowed) return refuse("origin")
    const known: readonly string[] = scopeNames
    const scopes =
      role === "node" ? [] : (params.scopes ?? []).filter((scope) => known.includes(scope))

    let admitted: Admission | Refusal
    if (params.device) {
      const proof = checkProof(params, socket.nonce, clock.now())
      if ("failure" in proof) return refuse(proof.failure satisfies RefusalReason)
      admitted = await admitDevice(params, socket, proof.publicKey, role, scopes)
    } else {
      admitted = admitWithoutDevice(params, socket, role, scopes)
    }
    return "error" in admitted ? admitted : { ...admitted, protocol }
  }
}
export type Handshake = ReturnType<typeof createHandshake>
