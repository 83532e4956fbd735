import type { ConnectParams } from "../client/wire.ts"
import { protocols, scopeNames } from "../client/wire.ts"
import { checkProof } from "../devices/proof.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Admission, AdmissionDesk, Applicant } from "./admission.ts"
import type { SocketData } from "./connections.ts"
import { connectParams, firstIssue } from "./frames.ts"
import type { Refusal, RefusalReason } from "./refusal.ts"
import { refuse } from "./refusal.ts"

const known: ReadonlySet<string> = new Set(scopeNames)

/** The checks between `connect` and `hello-ok`, in the contract's order (02 §3). */
export const createHandshake =
  ({ desk, clock }: { desk: AdmissionDesk; clock: Clock }) =>
  async (raw: unknown, socket: SocketData): Promise<Admission | Refusal> => {
    const applicant = readApplication(raw)
    if ("error" in applicant) return applicant
    if (!socket.originAllowed) return refuse("origin")
    if (!applicant.params.device) return desk.withoutDevice(applicant, socket)
    const proof = checkProof(applicant.params, socket.nonce, clock.now())
    if ("failure" in proof) return refuse(proof.failure satisfies RefusalReason)
    return desk.withDevice(applicant, socket, proof.publicKey)
  }
export type Handshake = ReturnType<typeof createHandshake>

/** What is asked for, in the words the gateway uses, or why it cannot be read. */
const readApplication = (raw: unknown): Applicant | Refusal => {
  const parsed = connectParams.safeParse(raw)
  if (!parsed.success) return refuse("badParams", { issue: firstIssue(parsed.error) })
  const { minProtocol, maxProtocol } = parsed.data
  const protocol = protocols.find((version) => minProtocol <= version && version <= maxProtocol)
  if (!protocol)
    return refuse("protocol", {
      details: { expectedProtocol: protocols[0], supportedProtocols: protocols },
    })
  const role = (parsed.data.role ?? "operator").trim().toLowerCase()
  if (role !== "operator" && role !== "node") return refuse("role")
  const params: ConnectParams = { ...parsed.data, role }
  const asked = role === "node" ? [] : (params.scopes ?? [])
  return { params, protocol, role, scopes: [...new Set(asked)].filter((name) => known.has(name)) }
}
