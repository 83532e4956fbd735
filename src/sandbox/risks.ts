import { agents, listAgents } from "../agents/config.ts"
import { sandboxOf } from "../agents/sandbox.ts"
import { Paths } from "../config/paths.ts"
import { risk } from "../kernel/risk.ts"
import { readBind } from "./binds.ts"

type Agents = Parameters<typeof listAgents>[0]

const ofAll = (config: Agents) =>
  listAgents(config).map((agent) => ({
    id: agent.id,
    written: agent.sandbox ?? config.defaults.sandbox,
    sandbox: sandboxOf(agent.sandbox, config.defaults.sandbox),
  }))

export const configuredButOff = risk({
  id: "sandbox.docker_config_mode_off",
  title: "A sandbox is described and not switched on",
  needs: { agents },
  detect({ agents }) {
    const idle = ofAll(agents).filter(
      ({ written, sandbox }) => written?.docker && sandbox.mode === "off",
    )
    return idle.length
      ? {
          severity: "warn",
          detail: `${idle.map(({ id }) => id).join(", ")}: sandbox.docker has settings, and commands run on this machine all the same.`,
          remediation: "fased config set agents.defaults.sandbox.mode all",
        }
      : null
  },
})

export const dangerousNetwork = risk({
  id: "sandbox.dangerous_network_mode",
  title: "A sandbox shares another container's network",
  needs: { agents },
  detect({ agents }) {
    const joined = ofAll(agents).filter(({ sandbox }) =>
      sandbox.docker.network.toLowerCase().startsWith("container:"),
    )
    return joined.length
      ? {
          severity: "critical",
          detail: `${joined.map(({ id, sandbox }) => `${id} (${sandbox.docker.network})`).join(", ")}: what runs there reaches all that listens in the other.`,
          remediation: "fased config set agents.defaults.sandbox.docker.network none",
        }
      : null
  },
})

export const dangerousBind = risk({
  id: "sandbox.dangerous_bind_mount",
  title: "A sandbox is to be given a folder that would open this machine",
  needs: { agents, paths: Paths },
  detect({ agents, paths }) {
    const places = { home: paths.home, own: [paths.state] }
    const refused = [
      ...new Set(ofAll(agents).flatMap(({ sandbox }) => sandbox.docker.binds)),
    ].filter((bind) => {
      try {
        readBind(bind, places)
        return false
      } catch {
        return true
      }
    })
    return refused.length
      ? {
          severity: "critical",
          detail: `${refused.join(", ")}: no sandbox starts with that.`,
          remediation: "fased config unset agents.defaults.sandbox.docker.binds",
        }
      : null
  },
})
