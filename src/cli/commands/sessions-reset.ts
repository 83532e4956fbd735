import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { sessionArgument } from "../sessions.ts"

export const sessionsReset = command({
  about: "Begins it afresh, as /new does in a chat. The old transcript is archived, not lost.",
  args: { key: sessionArgument, ...gatewayFlags },
  examples: [["fased sessions reset main", "a new conversation in the main session"]],
  run: ({ key, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      noteTarget(target, context)
      const result = await client.request("sessions.reset", { key, reason: "reset" })
      const { out } = context
      if (args.json) return out.json(result)
      const { key: begun = key } = result as { key?: string }
      out.print(`${out.paint.good("begun afresh")} ${printable(begun, 120)}`)
    }),
})
