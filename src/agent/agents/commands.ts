import { agents, defaultAgentId, findAgent, listAgents } from "../../agents/config.ts"
import { command } from "../../kernel/command.ts"
import { noSuchLevel } from "../faults.ts"

const choices = ["current", "list"] as const

export const agentCommand = command({
  name: "agent",
  aliases: ["agents"],
  description: "Show which agent answers here, and who else there is.",
  group: "gateway",
  usage: "[current | list]",
  choices,
  authority: "owner",
  needs: { agents },
  run(args, { agents, agentId }) {
    const typed = args.toLowerCase() || "list"
    if (typed !== "current" && typed !== "list")
      throw noSuchLevel({ name: "agent", typed: args, valid: choices })
    const shown = typed === "current" ? [findAgent(agents, agentId)] : listAgents(agents)
    const defaultId = defaultAgentId(agents)
    const lines = shown.slice(0, mostShown).map(({ id, name, identity }) => {
      const called = [identity?.emoji, identity?.name ?? name].filter(Boolean).join(" ")
      const marks = [id === agentId && "answers here", id === defaultId && "default"].filter(
        Boolean,
      )
      return `- \`${id}\`${called && ` ${called}`}${marks.length ? ` (${marks.join(", ")})` : ""}`
    })
    const more = shown.length - lines.length
    return { say: [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n") }
  },
})

/** What fits one message; a gateway may have hundreds. */
const mostShown = 40
