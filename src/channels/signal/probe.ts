import type { Probe } from "../../kernel/network.ts"
import { finding, SignalRefusal, unknownMethod } from "./failures.ts"
import type { SignalRpc } from "./rpc.ts"

interface Status {
  number?: string | null
  uuid?: string | null
  isRegistered?: boolean
}

/** What Signal knows of a number. */
export const statusOf = async (rpc: SignalRpc, number: string, signal?: AbortSignal) => {
  const [status] = await rpc.call<Status[]>("getUserStatus", { recipient: [number] }, { signal })
  return { uuid: status?.uuid ?? undefined, isRegistered: status?.isRegistered !== false }
}

/** Asks for the daemon's version, and whether it has the account and Signal knows it. */
export const probeSignal = async (
  rpc: SignalRpc,
  number: string,
  signal: AbortSignal,
): Promise<Probe> => {
  const findings: { text: string; hint?: string }[] = []
  const hint = "Link it: fased channels login signal"
  let account: string | undefined
  try {
    const { version } = await rpc.call<{ version: string }>("version", {}, { signal })
    account = `${number} (signal-cli ${version})`
    if (!(await has(rpc, number, signal)))
      findings.push({ text: `signal-cli has no account ${number}.`, hint })
    else if (!(await statusOf(rpc, number, signal)).isRegistered)
      findings.push({ text: `${number} is not registered with Signal.`, hint })
  } catch (error) {
    findings.push(finding(error))
  }
  return { ok: findings.length === 0, account, findings }
}

/** A daemon that was started for one account has no list of them, and that one. */
const has = async (rpc: SignalRpc, number: string, signal: AbortSignal) => {
  try {
    const all = await rpc.call<{ number: string }[]>("listAccounts", {}, { signal })
    return all.some((one) => one.number === number)
  } catch (error) {
    if (error instanceof SignalRefusal && error.code === unknownMethod) return true
    throw error
  }
}
