import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { findNode, type ListedNode, listNodes, nodeFlag, nodeName } from "../nodes.ts"
import { printable } from "../printable.ts"
import { spanMs } from "../span.ts"
import { table } from "../table.ts"

export const nodesList = command({
  about: "Machines and phones that are paired as nodes, and when each was last here.",
  args: {
    connected: { type: "boolean", description: "Only those that are here now" },
    "last-connected": {
      type: "string",
      valueHint: "duration",
      description: "Only those that were here within it, as 12h or 7d",
    },
    ...gatewayFlags,
  },
  examples: [["fased nodes list", "which there are, and which are here"]],
  async run({ connected, ...args }, context) {
    const { out } = context
    const within = spanMs("--last-connected", args["last-connected"], { bare: "d" })
    const now = Date.now()
    const nodes = (await withGateway(args, context, listNodes)).filter(
      (one) =>
        (!connected || one.connected) &&
        (within === undefined || one.connected || now - (one.lastConnectAtMs ?? 0) <= within),
    )
    if (args.json) return out.json({ nodes })
    if (!nodes.length) {
      out.print("No node is paired.")
      return out.print(
        `Make a machine one: ${out.paint.accent(fased(context, "qr --role node --setup-code-only"))}, and there: fased node run --setup-code <code>`,
      )
    }
    const { accent, good, muted } = out.paint
    const rows = nodes.map((one) => [
      [nodeName(one), accent] as const,
      [one.nodeId.slice(0, 12), muted] as const,
      one.connected ? (["here", good] as const) : (["away", muted] as const),
      one.lastConnectAtMs ? ago(one.lastConnectAtMs, now) : "never",
      printable(one.platform ?? "", 20),
      printable(one.remoteIp ?? "", 45),
      `${one.commands?.length ?? 0}`,
    ])
    const head = ["NODE", "ID", "STATE", "LAST CONNECT", "PLATFORM", "ADDRESS", "COMMANDS"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})

export const nodesDescribe = command({
  args: { ...nodeFlag, ...gatewayFlags },
  examples: [["fased nodes describe --node workshop", "what it offers and may be asked for"]],
  async run({ node, ...args }, context) {
    const { out } = context
    return withGateway(args, context, async (client) => {
      const { nodeId } = await findNode(client, node)
      const one = (await client.request("node.describe", { nodeId })) as ListedNode
      if (args.json) return out.json(one)
      out.print(`${out.paint.heading(nodeName(one))} ${out.paint.muted(nodeId)}`)
      const lines = {
        State: one.connected ? out.paint.good("here") : "away",
        Platform: [one.platform, one.deviceFamily].filter(Boolean).join(" · "),
        Version: one.version,
        Address: one.remoteIp,
        "May do": one.commands?.join(", "),
        "Not allowed": one.closed?.join(", "),
      }
      for (const [name, text] of Object.entries(lines))
        if (text)
          out.print(`  ${name.padEnd(12)} ${name === "State" ? text : printable(text, 2000)}`)
    })
  },
})
