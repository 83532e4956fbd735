import { command } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

export const agentsDelete = command({
  about: "Its sessions are archived. Its folder stays, unless it is to go to the trash as well.",
  args: {
    id: { type: "positional", required: true, description: "The agent" },
    files: { type: "boolean", description: "Also move its folder to the trash" },
    force: { type: "boolean", alias: ["yes", "y"], description: "Do not ask" },
    ...gatewayFlags,
  },
  examples: [
    ["fased agents delete research --force", "its folder stays"],
    ["fased agents delete research --files --force", "its folder goes to the trash"],
  ],
  async run({ id, files, force, ...args }, context) {
    const what = files ? " and move its folder to the trash" : ""
    await confirmed(`Delete the agent ${printable(id, 80)}${what}?`, {
      yes: force,
      context,
      words: `agents delete ${id}${files ? " --files" : ""} --force`,
    })
    await withGateway(args, context, async (client, target) => {
      const params = { agentId: id, ...(files && { deleteFiles: true }) }
      const result = await client.request("agents.delete", params, { timeoutMs: 60_000 })
      noteTarget(target, context)
      const { out } = context
      if (args.json) return out.json(result)
      const { archivedSessions = 0, trash } = result as {
        archivedSessions?: number
        trash?: string
      }
      const sessions = `${archivedSessions} ${archivedSessions === 1 ? "session" : "sessions"} archived`
      out.print(
        `${out.paint.good("deleted")} ${printable(id, 80)} ${out.paint.muted(`(${sessions})`)}`,
      )
      if (trash) out.print(`Its folder is now ${printable(trash, 300)}`)
    })
  },
})
