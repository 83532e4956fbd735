import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"

export type Node = Result<"node.list">["nodes"][number]

/** What to call a node: its name, or the beginning of its id. */
export const nodeName = ({ displayName, nodeId }: Node) => displayName ?? nodeId.slice(0, 12)

export const removeNode = async (gateway: Gateway, node: Node) => {
  const name = nodeName(node)
  const isMeant = await confirmed({
    title: `Remove ${name}?`,
    text: `Its token as a node and its connections end at once, and agents can no longer run anything there. Whoever uses this machine as an operator keeps that. To come back it has to be let in anew.`,
    action: "Remove",
    isDestructive: true,
  })
  if (!isMeant) return
  await gateway.call("node.pair.remove", { nodeId: node.nodeId })
  toast(`${name} is removed.`)
}
