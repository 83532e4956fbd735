import { notAGateway, plaintextRefused, unreachable } from "../client/faults.ts"
import type { Target } from "../client/target.ts"
import { merge, type Report, runChecks, type Scope } from "../doctor/run.ts"
import type { Neighbour } from "../gateway/neighbour.ts"
import type { AnyCheck } from "../kernel/check.ts"
import { Fault } from "../kernel/fault.ts"
import type { Services } from "../kernel/service.ts"
import { unresolved } from "../secrets/faults.ts"
import { offlineChecks } from "./check-services.ts"
import type { Context } from "./command.ts"
import { findTarget, openGateway } from "./gateway-client.ts"
import { runningHolder } from "./instance.ts"

/** What the doctor looks at, and with whose eyes. */
export interface Examination {
  services: Services
  /** What is looked at from here. */
  checks: readonly AnyCheck[]
  /** What the running gateway found. */
  told: Report | undefined
  gateway: "running" | "not running" | "not answering" | "elsewhere"
}

/**
 * A running gateway sees with its own environment and knows more than files say, so its word counts.
 * From here is looked at what depends on the shell, and at what it has found wrong, since only here
 * is it put right; at everything when there is no gateway.
 */
export const prepareExamination = async (context: Context, scope: Scope): Promise<Examination> => {
  const { told, neighbour } = await askGateway(context)
  const { services, checks } = await offlineChecks(context, { neighbour, ...scope })
  const listed = new Set([...(told?.findings ?? []), ...(told?.skipped ?? [])].map(({ id }) => id))
  return {
    services,
    checks: told ? checks.filter(({ here, id }) => here || listed.has(id)) : checks,
    told,
    gateway: words[neighbour.state],
  }
}

const words = {
  running: "running",
  refuses: "not answering",
  silent: "not answering",
  absent: "not running",
  elsewhere: "elsewhere",
} as const

/** Everything that was found, by the gateway and from here; changes nothing. */
export const examineAll = async ({ services, checks, told }: Examination): Promise<Report> => {
  const mine = told ? checks.filter(({ here }) => here) : checks
  const report = await runChecks(mine, services)
  return told ? merge(told, report, mine) : report
}

const askGateway = async (context: Context): Promise<{ told?: Report; neighbour: Neighbour }> => {
  let target: Target
  try {
    target = findTarget({}, context)
  } catch (error) {
    if (error instanceof Fault) return { neighbour: { state: "absent" } }
    throw error
  }
  // What another machine's gateway finds is about that machine.
  if (target.kind !== "local") return { neighbour: { state: "elsewhere", url: target.url } }
  try {
    await using client = await openGateway(target, context, { timeoutMs: 3000 })
    const told = (await client.request("doctor.run", {}, { timeoutMs: 15_000 })) as Report
    return { told, neighbour: { state: "running", version: client.hello.server?.version } }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { neighbour: judge(error, context) }
  }
}

const judge = (error: Fault, { paths }: Context): Neighbour => {
  if (unresolved.is(error)) return { state: "absent" }
  const holder = runningHolder(paths.state)
  const nobody = [unreachable, notAGateway, plaintextRefused].some((kind) => kind.is(error))
  if (nobody)
    return holder ? { state: "silent", pid: holder.pid, url: holder.url } : { state: "absent" }
  const { message: problem, hint } = error
  return { state: "refuses", isOurs: holder !== undefined, problem, hint }
}
