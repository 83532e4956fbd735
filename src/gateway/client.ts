import { approvalsCapability } from "../client/wire.ts"
import { holds, type Scope } from "../kernel/method.ts"
import type { Admission } from "./admission.ts"
import type { Client, SocketData } from "./connections.ts"
import { isLoopback } from "./locality.ts"
import type { PresenceEntry } from "./presence.ts"

/** Commands, probes and helper programs are not somebody present. */
const absentModes: ReadonlySet<string> = new Set(["cli", "probe", "backend"])

/** The wire's `operator.read` as a scope of ours. */
const toScopes = (names: readonly string[]): ReadonlySet<Scope> =>
  new Set(names.map((name) => name.replace(/^operator\./, "") as Scope))

/** What the gateway keeps of a connection that was let in. */
export const clientOf = (
  { params, protocol, role, scopes, deviceId, user, credential }: Admission,
  { id: connection, remote }: SocketData,
): Client => {
  const { id: clientId, mode: clientMode, instanceId } = params.client
  return {
    caller: {
      connection,
      role,
      scopes: role === "node" ? new Set(["node"]) : toScopes(scopes),
      clientId,
      clientMode,
      deviceId,
      user,
      ip: remote.address,
    },
    credential,
    protocol,
    caps: new Set(params.caps),
    topics: undefined,
    presenceKey: absentModes.has(clientMode) ? undefined : (deviceId ?? instanceId) || connection,
    seq: 0,
    gone: undefined,
  }
}

/** Somebody who would see that a command waits for approval, and may answer. */
export const mayApprove = ({ caller, caps, presenceKey }: Client) =>
  caller.role === "operator" &&
  holds(caller.scopes, "approvals") &&
  (presenceKey !== undefined || caps.has(approvalsCapability))

/** How it is shown to the others. */
export const presenceOf = (
  { params, role, scopes, deviceId }: Admission,
  { remote }: SocketData,
): Omit<PresenceEntry, "ts"> => {
  const { displayName, id, mode, ...about } = params.client
  return {
    ...about,
    host: displayName ?? id,
    mode,
    // A tunnel ends on loopback too: its address says nothing about where somebody is.
    ...(!isLoopback(remote.address) && { ip: remote.address }),
    deviceId,
    roles: [role],
    scopes,
    reason: role === "node" ? "node-connected" : "connect",
  }
}
