import { check } from "../kernel/check.ts"
import { Nodes } from "./service.ts"

/** Asks the gateway that runs. */
export const offersAllowed = check({
  id: "nodes.closed",
  title: "Nodes may do what they offer",
  severity: "hint",
  needs: { nodes: Nodes },
  async detect({ nodes }) {
    const closed = (await nodes.list()).flatMap(({ nodeId, displayName, closed, connected }) =>
      connected && closed.length ? [{ name: displayName ?? nodeId.slice(0, 12), closed }] : [],
    )
    return closed.length ? { closed } : null
  },
  explain: ({ closed }) =>
    `Not every command a node offers may be used: ${closed
      .slice(0, 5)
      .map(({ name, closed }) => `${name} (${closed.slice(0, 8).join(", ")})`)
      .join("; ")}.`,
  next: () => "To allow one, add it to: fased config set gateway.nodes.allowCommands '[…]'",
})
