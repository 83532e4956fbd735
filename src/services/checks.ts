import { agents, listAgents } from "../agents/config.ts"
import { configValid } from "../config/checks.ts"
import { Fault } from "../kernel/fault.ts"
import { check } from "../kernel/check.ts"
import { Connections } from "./connection.ts"

/** What one service gets to answer. */
const testMs = 10_000

export const credentialsTaken = check({
  id: "services.credentials-taken",
  title: "Services that agents were given take the credential",
  severity: "warn",
  after: [configValid],
  needs: { connections: Connections },
  async detect({ connections }) {
    const given = connections
      .list()
      .filter(({ state, agents }) => state !== "off" && agents?.length)
    const found = await Promise.all(
      given.map(({ id }) =>
        connections.test(id, AbortSignal.timeout(testMs)).then(
          () => undefined,
          (error: unknown) => ({
            id,
            problem: error instanceof Fault ? error.message : `${id} does not answer.`,
          }),
        ),
      ),
    )
    const problems = found.filter((one) => one !== undefined)
    return problems.length ? { problems } : null
  },
  explain: ({ problems }) => problems.map(({ problem }) => problem).join(" "),
  next: ({ problems }) => `Give it another credential: fased services add ${problems[0]!.id}`,
})

export const granteesKnown = check({
  id: "services.grantees-known",
  title: "Services are given to agents there are",
  severity: "warn",
  after: [configValid],
  needs: { connections: Connections, agents },
  detect({ connections, agents }) {
    const known = new Set(["*", ...listAgents(agents).map(({ id }) => id.toLowerCase())])
    const strays = connections
      .list()
      .flatMap(({ id, agents = [] }) =>
        agents.filter((agent) => !known.has(agent.toLowerCase())).map((agent) => ({ id, agent })),
      )
    return strays.length ? { strays } : null
  },
  explain: ({ strays }) =>
    strays
      .map(({ id, agent }) => `${id} is given to an agent "${agent}", which there is not.`)
      .join(" "),
  next: ({ strays: [first] }) => `Take it back: fased services revoke ${first!.id} ${first!.agent}`,
})
