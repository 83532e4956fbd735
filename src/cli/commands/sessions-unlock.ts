import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { sessionArgument } from "../sessions.ts"

const turns = (count: number) => (count === 1 ? "1 turn" : `${count} turns`)

export const sessionsUnlock = command({
  about:
    "Stops what runs and waits in it. A turn that does not stop within two seconds is given up on, so that new messages are answered again.",
  args: { key: sessionArgument, ...gatewayFlags },
  examples: [["fased sessions unlock main", "when the main session does not answer any more"]],
  run: ({ key, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const result = await client.request("sessions.unlock", { key })
      noteTarget(target, context)
      const { out } = context
      if (args.json) return out.json(result)
      const { stopped = [], abandoned = [] } = result as Record<string, string[] | undefined>
      if (!stopped.length) return out.print("Nothing runs or waits in this session.")
      const left = abandoned.length ? `, ${turns(abandoned.length)} given up on` : ""
      out.print(`${out.paint.good("unlocked")}: ${turns(stopped.length)} stopped${left}`)
    }),
})
