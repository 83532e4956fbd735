import type { Client } from "../client/connect.ts"
import { pick } from "../nodes/pick.ts"
import { noSuchNode, usage } from "./faults.ts"
import { printable } from "./printable.ts"

export const nodeFlag = {
  node: {
    type: "string",
    valueHint: "node",
    required: true,
    description: "Its name, address, or the start of its id",
  },
} as const

/** A node as a gateway lists it; gateways in the field leave parts out. */
export interface ListedNode {
  nodeId: string
  displayName?: string
  platform?: string
  deviceFamily?: string
  version?: string
  caps?: string[]
  commands?: string[]
  closed?: string[]
  permissions?: Record<string, boolean>
  connected?: boolean
  remoteIp?: string
  lastConnectAtMs?: number
}

export const listNodes = async (client: Client): Promise<ListedNode[]> => {
  const { nodes = [] } = (await client.request("node.list", {})) as { nodes?: ListedNode[] }
  return nodes
}

export const nodeName = ({ displayName, nodeId }: ListedNode) =>
  printable(displayName ?? nodeId.slice(0, 12), 40)

/** The one node of that name, address or beginning of an id. */
export const findNode = async (client: Client, written: string): Promise<ListedNode> => {
  const found = pick(await listNodes(client), written)
  if (found.length === 1) return found[0]!
  throw noSuchNode({ node: printable(written, 64), found: found.length })
}

/** Where a command is to run: the node that is named, else the one that is connected and runs some. */
export const commandNode = async (client: Client, written?: string): Promise<ListedNode> => {
  if (written) return findNode(client, written)
  const [one, ...others] = (await listNodes(client)).filter(
    ({ connected, commands }) => connected && commands?.includes("system.run"),
  )
  if (one && !others.length) return one
  throw usage({
    problem: one
      ? "Several nodes that run commands are connected."
      : "No node that runs commands is connected.",
    hint: "Name one with --node. See: fased nodes list",
  })
}
