import { httpUrl } from "../client/target.ts"
import { resolvePaths } from "../config/paths.ts"
import { systemClock } from "../kernel/clock.ts"
import { createServiceManager } from "../service/create.ts"
import { unhealthy } from "../service/faults.ts"
import type { ServiceKind } from "../service/names.ts"
import type { Installation, ServiceManager } from "../service/service.ts"
import { fased } from "./command.ts"
import type { Context } from "./command.ts"
import { findTarget } from "./gateway-client.ts"
import { probe } from "./probe.ts"
import type { Probe } from "./probe.ts"

type Instance = Pick<Context, "paths" | "env">

export const openService = ({ paths, env }: Instance, kind?: ServiceKind): ServiceManager =>
  createServiceManager({ paths, env, kind, clock: systemClock })

/** The instance a service runs, which need not be the one this shell would. */
export const instanceOf = ({ facts }: Installation): Instance => ({
  env: facts.environment,
  paths: resolvePaths(facts.environment),
})

const patienceSeconds = 30
const pollMs = 150

/** Waits until the service's gateway lets us in and answers; the manager's word alone is no proof. */
export const untilHealthy = async (
  installation: Installation,
  context: Context,
): Promise<Probe> => {
  const there = { ...context, ...instanceOf(installation) }
  const isOther = there.paths.state !== context.paths.state
  const given = isOther ? there : context
  let reason = "nothing listens"
  for (const until = Date.now() + patienceSeconds * 1000; Date.now() < until;) {
    const tried = await probe(findTarget({}, given), given, 3000)
    if (tried.ok) return tried
    reason = tried.error?.message ?? reason
    await Bun.sleep(pollMs)
  }
  throw unhealthy({
    label: installation.manager.name,
    seconds: patienceSeconds,
    reason,
    logs: fased(context, "logs"),
  })
}

/** The address people open, from a probe that went well. */
export const pageOf = ({ url }: Probe) => httpUrl({ url })

/** How the service is not what would be installed now, one line each. */
export const differences = (service: ServiceManager, installation: Installation): string[] =>
  installation.author === "foreign" && installation.custom
    ? [installation.custom]
    : service.drift(installation).map(({ message }) => message)

/** What every service command says of the service as JSON. */
export const serviceFacts = ({ manager, facts, author, custom }: Installation) => ({
  name: manager.name,
  manager: manager.kind,
  scope: manager.scope,
  path: manager.path,
  command: facts.command,
  stateDir: facts.environment.FASED_STATE_DIR,
  configPath: facts.environment.FASED_CONFIG_PATH,
  version: facts.environment.FASED_SERVICE_VERSION,
  author,
  custom,
})
