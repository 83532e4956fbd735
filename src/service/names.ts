import { nameTaken } from "./faults.ts"

/** What the service of one instance is called: by the system, and in older runbooks. */
export interface Names {
  /** The launchd label; with `.service` the systemd unit. */
  label: string
  alias: string
}

const defaultName = "gateway"

/** What a service keeps running: this instance's gateway, or this machine as a node of one. */
export type ServiceKind = "gateway" | "node"

export const serviceNames = (profile: string | undefined, kind: ServiceKind = "gateway"): Names => {
  // With a dot, which no profile has: it can be taken for no gateway.
  if (kind === "node")
    return {
      label: `ai.fased.node.${profile ?? "default"}`,
      alias: profile ? `fased-node-${profile}` : "fased-node",
    }
  // It would take the default instance's name.
  if (profile?.toLowerCase() === defaultName) throw nameTaken({ profile })
  return {
    label: `ai.fased.${profile ?? defaultName}`,
    alias: profile ? `fased-gateway-${profile}` : "fased-gateway",
  }
}

/** Names of files that start a gateway: ours of every profile, and what came before. */
export const ofOurs = /^ai\.fased\.[\w-]+\.(?:service|plist)$/
export const ofOlder = /^(?:fased-gateway(?:-[\w-]+)?\.service|com\.fased\..+\.plist)$/
export const ofRelatives = /^(?:openclaw|clawdbot|moltbot)[\w.-]*\.(?:service|plist)$/
