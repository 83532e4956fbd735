import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { sessionArgument } from "../sessions.ts"

export const sessionsCompact = command({
  about:
    "Makes room in its context, as /compact does in a chat. What was said stays in the transcript.",
  args: {
    key: sessionArgument,
    keep: { type: "string", description: "What the summary has to keep", valueHint: "text" },
    ...gatewayFlags,
  },
  examples: [
    ["fased sessions compact main", "tell the older part of the main session in a summary"],
    ['fased sessions compact main --keep "all file names"', "and see that these are in it"],
  ],
  run: ({ key, keep, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const asked = { key, ...(keep && { instructions: keep }) }
      const result = await client.request("sessions.compact", asked, { timeoutMs: patienceMs })
      noteTarget(target, context)
      const { out } = context
      if (args.json) return out.json(result)
      const { checkpoint } = result as { checkpoint?: Record<string, number> }
      if (!checkpoint) return out.print("There is nothing to compact here yet.")
      const { tokensBefore, tokensAfter } = checkpoint
      out.print(
        `${out.paint.good("compacted")}: about ${tokensBefore} tokens are now ${tokensAfter}`,
      )
    }),
})

/** A model writes the summary, of a long conversation in pieces. */
const patienceMs = 900_000
