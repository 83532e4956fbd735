import { risk } from "../kernel/risk.ts"
import { dangerousCommands, knownCommands } from "./allowlist.ts"
import { NodeRules } from "./service.ts"

/** Only whole names count: one that nothing answers to denies nothing. */
export const denyIneffective = risk({
  id: "gateway.nodes.deny_ineffective",
  title: "What is denied on nodes is no command that is known",
  needs: { rules: NodeRules },
  detect({ rules: { denyCommands } }) {
    const unknown = denyCommands.filter((name) => !knownCommands.has(name))
    if (!unknown.length) return null
    return {
      severity: "warn",
      detail: `gateway.nodes.denyCommands names ${unknown.join(", ")}, which no node is known to offer. Only whole names count.`,
      remediation: "Compare with what a node offers: fased nodes describe --node <name>",
    }
  },
})

export const allowDangerous = risk({
  id: "gateway.nodes.allow_dangerous",
  title: "Nodes can be made to film, track or write to people",
  needs: { rules: NodeRules },
  detect({ rules: { allowCommands, denyCommands } }) {
    const open = allowCommands.filter(
      (name) => dangerousCommands.has(name) && !denyCommands.includes(name),
    )
    if (!open.length) return null
    return {
      severity: "warn",
      detail: `gateway.nodes.allowCommands lets operators, and agents in the owner's turns, use ${open.join(", ")}.`,
      remediation: "If that is not meant: fased config set gateway.nodes.allowCommands '[]'",
    }
  },
})
