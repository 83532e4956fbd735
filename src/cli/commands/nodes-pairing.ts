import type { Client } from "../../client/connect.ts"
import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { findNode, nodeFlag, nodeName } from "../nodes.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Waiting {
  requestId: string
  nodeId: string
  displayName?: string
  platform?: string
  remoteIp?: string
  ts?: number
}

const pending = async (client: Client) => {
  const { pending = [] } = (await client.request("node.pair.list", {})) as { pending?: Waiting[] }
  return pending
}

export const nodesPending = command({
  args: gatewayFlags,
  examples: [["fased nodes pending", "who asks to be let in as a node"]],
  async run(args, context) {
    const { out } = context
    const waiting = await withGateway(args, context, pending)
    if (args.json) return out.json({ pending: waiting })
    if (!waiting.length) return out.print("No node waits to be let in.")
    const { accent, muted } = out.paint
    const rows = waiting.map(({ requestId, displayName, nodeId, platform, remoteIp, ts }) => [
      [printable(requestId, 40), accent] as const,
      printable(displayName ?? nodeId.slice(0, 12), 40),
      printable(platform ?? "", 20),
      printable(remoteIp ?? "", 45),
      ts ? ago(ts, Date.now()) : "",
    ])
    const head = ["REQUEST", "NODE", "PLATFORM", "FROM", "AGE"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    out.print(`Let one in with: ${accent(fased(context, "nodes approve <request>"))}`)
  },
})

/** The two answers to a node that waits. */
const answer = (verb: "approve" | "reject", said: string) =>
  command({
    args: {
      requestId: {
        type: "positional",
        required: true,
        description: "As fased nodes pending shows it",
      },
      ...gatewayFlags,
    },
    examples: [[`fased nodes ${verb} <request>`, said]],
    async run({ requestId, ...args }, context) {
      const result = await withGateway(args, context, (client) =>
        client.request(`node.pair.${verb}`, { requestId }),
      )
      if (args.json) return context.out.json(result)
      const { nodeId } = result as { nodeId: string }
      context.out.print(`${verb === "approve" ? "Let in" : "Turned away"}: ${nodeId.slice(0, 12)}`)
    },
  })
export const nodesApprove = answer("approve", "let it in; agents can act through it")
export const nodesReject = answer("reject", "turn it away")

export const nodesRemove = command({
  about: "Ends the node's token and connections. It comes back only when somebody lets it in anew.",
  args: { ...nodeFlag, ...gatewayFlags },
  examples: [["fased nodes remove --node workshop", "it is no node any more"]],
  async run({ node, ...args }, context) {
    return withGateway(args, context, async (client) => {
      const found = await findNode(client, node)
      const result = await client.request("node.pair.remove", { nodeId: found.nodeId })
      if (args.json) return context.out.json(result)
      context.out.print(`Removed ${nodeName(found)}`)
    })
  },
})

export const nodesRename = command({
  args: {
    ...nodeFlag,
    name: { type: "string", valueHint: "name", required: true, description: "Its new name" },
    ...gatewayFlags,
  },
  examples: [["fased nodes rename --node 3fa2 --name workshop", "call it that"]],
  async run({ node, name, ...args }, context) {
    return withGateway(args, context, async (client) => {
      const found = await findNode(client, node)
      const result = await client.request("node.rename", {
        nodeId: found.nodeId,
        displayName: name,
      })
      if (args.json) return context.out.json(result)
      context.out.print(`${nodeName(found)} is now ${printable(name, 128)}`)
    })
  },
})
