import { z } from "zod"
import { Pairing } from "../devices/pairing.ts"
import { tool } from "../kernel/tool.ts"
import { policyCommands } from "./allowlist.ts"
import { askFor, fenced, pictureOf } from "./answers.ts"
import { wrongDoor } from "./faults.ts"
import { Nodes } from "./service.ts"
import type { Node } from "./shown.ts"

const actions = [
  "status",
  "describe",
  "pending",
  "notify",
  "camera_list",
  "camera_snap",
  "location_get",
  "invoke",
] as const

/** What an action is called on the node. */
const commands: Readonly<Partial<Record<(typeof actions)[number], string>>> = {
  notify: "system.notify",
  camera_list: "camera.list",
  camera_snap: "camera.snap",
  location_get: "location.get",
}

export const nodesTool = tool({
  name: "nodes",
  group: "nodes",
  label: "Nodes",
  description:
    "Machines and phones that are paired with this gateway: status and describe say what there is and what each offers, " +
    "pending who asks to be let in (only a person can do that), notify shows a message there, camera_list, camera_snap and " +
    "location_get do what they say, invoke asks for any other command of a node. Commands run there with exec and host node, not here.",
  params: () =>
    z.object({
      action: z.enum(actions),
      node: z.string().max(128).default("").describe("Name, id or address of the node."),
      title: z.string().max(200).optional().describe("For notify."),
      body: z.string().max(2000).optional().describe("For notify."),
      facing: z.enum(["front", "back"]).optional().describe("For camera_snap."),
      command: z.string().max(128).default("").describe("For invoke: one of the node's commands."),
      params: z
        .record(z.string(), z.unknown())
        .optional()
        .describe("What the command is to work with."),
      timeoutMs: z.int().min(1000).max(110_000).default(30_000),
    }),
  // It sees rooms, knows places and acts on other machines: nothing for whoever writes to a channel.
  ownerOnly: true,
  needs: { nodes: Nodes, pairing: Pairing },
  async run({ action, node: written, ...asked }, { nodes, pairing, signal }) {
    if (action === "status") return { nodes: (await nodes.list()).map(brief) }
    if (action === "pending") {
      const { pending } = await pairing.list()
      return {
        pending: pending
          .filter(({ role }) => role === "node")
          .map(({ requestId, displayName, platform }) => ({ requestId, displayName, platform })),
        next: "Somebody lets one in with: fased devices approve <requestId>",
      }
    }
    const node = await nodes.find(written)
    if (action === "describe")
      return { ...node, told: node.told.length ? fenced(node, node.told) : [] }
    const command = commands[action] ?? asked.command
    if (command.startsWith("system.run"))
      throw wrongDoor({ command, instead: "the tool exec with host node" })
    if (policyCommands.has(command)) throw wrongDoor({ command, instead: "fased approvals" })
    const { title, body, facing, timeoutMs } = asked
    const params = {
      ...(action === "notify" && { title, body }),
      ...(action === "camera_snap" && { facing: facing ?? "back", maxWidth: 1600, format: "jpg" }),
      ...asked.params,
    }
    const answer = await askFor(nodes, node, { command, params, timeoutMs, signal })
    if (action === "camera_snap") return pictureOf(node, answer, "the camera")
    return answer === null ? { ok: true } : fenced(node, answer)
  },
})

const brief = ({ nodeId, displayName, platform, connected, commands, lastConnectAtMs }: Node) => ({
  nodeId,
  displayName,
  platform,
  connected,
  commands,
  lastConnectAtMs,
})
