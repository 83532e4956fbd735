import type { Client } from "../client/connect.ts"
import type { Target } from "../client/target.ts"
import type { Report } from "../doctor/run.ts"
import type { StatusResult } from "../gateway/methods.ts"
import type { UsageStatus } from "../usage/methods.ts"
import { Fault } from "../kernel/fault.ts"
import type { Context } from "./command.ts"
import { openGateway } from "./gateway-client.ts"
import { failedProbe, stopwatch } from "./probe.ts"
import type { Probe } from "./probe.ts"

/** What a gateway told of itself; one of another version may not know every question. */
export interface Answers {
  tried: Probe
  status?: Partial<StatusResult>
  report?: Partial<Report>
  /** Asked for only where the whole report is wanted. */
  /** Asked for only where it is wanted, or all is. */
  usage?: UsageStatus
  devices?: { paired?: unknown[]; pending?: unknown[] }
}

interface Asking {
  timeoutMs: number
  /** Ask for everything the full report shows. */
  all?: boolean
  /** Ask what models have used. */
  usage?: boolean
}

export const askStatus = async (
  target: Target,
  context: Context,
  { timeoutMs, all = false, usage = all }: Asking,
): Promise<Answers> => {
  const ms = stopwatch()
  try {
    await using client = await openGateway(target, context, { timeoutMs })
    const took = ms()
    const ask = <T>(method: string) => optional<T>(client, method, timeoutMs)
    const [status, report, devices, used] = await Promise.all([
      ask<Answers["status"]>("status"),
      ask<Answers["report"]>("doctor.run"),
      all ? ask<Answers["devices"]>("device.pair.list") : undefined,
      usage ? ask<UsageStatus>("usage.status") : undefined,
    ])
    const { server, snapshot } = client.hello
    const tried: Probe = {
      url: target.url,
      kind: target.kind,
      reachable: true,
      ok: true,
      ms: took,
      version: server?.version,
      uptimeMs: snapshot?.uptimeMs,
      config: status?.config,
    }
    return { tried, status, report, devices, usage: used }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { tried: failedProbe(target, error, ms()) }
  }
}

const optional = <T>(client: Client, method: string, timeoutMs: number) =>
  client.request(method, {}, { timeoutMs }).catch((error: unknown) => {
    if (error instanceof Fault) return undefined
    throw error
  }) as Promise<T | undefined>
