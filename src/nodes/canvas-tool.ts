import { z } from "zod"
import { tool } from "../kernel/tool.ts"
import { askFor, fenced, pictureOf } from "./answers.ts"
import { Nodes } from "./service.ts"

const actions = [
  "present",
  "hide",
  "navigate",
  "eval",
  "snapshot",
  "a2ui_push",
  "a2ui_reset",
] as const

/** What an action is called on the node, where that is not `canvas.` and its name. */
const commands: Readonly<Partial<Record<(typeof actions)[number], string>>> = {
  a2ui_push: "canvas.a2ui.pushJSONL",
  a2ui_reset: "canvas.a2ui.reset",
}

export const canvasTool = tool({
  name: "canvas",
  group: "ui",
  label: "Canvas",
  description:
    "The page that a paired node shows its owner: present brings it to the front, hide puts it away, navigate shows a url, " +
    "eval runs JavaScript in it, snapshot takes a picture of it, a2ui_push shows A2UI v0.8 messages, a2ui_reset empties it.",
  params: () =>
    z.object({
      action: z.enum(actions),
      node: z.string().max(128).describe("Name, id or address of the node."),
      url: z
        .url({ protocol: /^https?$/ })
        .max(4096)
        .optional()
        .describe("For navigate, and for present if not as it was."),
      javaScript: z.string().max(100_000).optional().describe("For eval."),
      jsonl: z.string().max(500_000).optional().describe("For a2ui_push: one message a line."),
    }),
  // It acts on another machine and shows what is on it: nothing for whoever writes to a channel.
  ownerOnly: true,
  needs: { nodes: Nodes },
  available: ({ nodes }) => nodes.offers("canvas.present") || "no node with a canvas is connected",
  async run({ action, node: written, url, javaScript, jsonl }, { nodes, signal }) {
    const node = await nodes.find(written)
    const params =
      action === "snapshot" ? { format: "jpg", maxWidth: 1600 } : { url, javaScript, jsonl }
    const command = commands[action] ?? `canvas.${action}`
    const answer = await askFor(nodes, node, { command, params, signal })
    if (action === "snapshot") return pictureOf(node, answer, "the canvas")
    return answer === null ? { ok: true } : fenced(node, answer)
  },
})
