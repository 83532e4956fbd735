import { command } from "../command.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

const taken = {
  overrides: "its settings could not be read, and are those of the config again",
  messages: "messages that could not be read were put aside",
}

export const sessionsRepair = command({
  about: "Puts aside what of damaged sessions cannot be read; copies stay in the database.",
  args: {
    key: { type: "positional", required: false, description: "Default: every damaged session" },
    ...gatewayFlags,
  },
  examples: [["fased sessions repair", "mend all that doctor told of"]],
  run: ({ key, ...args }, context) =>
    withGateway(args, context, async (client, target) => {
      const result = await client.request("sessions.repair", { ...(key && { key }) })
      noteTarget(target, context)
      const { out } = context
      if (args.json) return out.json(result)
      const { repaired = [] } = result as {
        repaired?: { key: string; damage: keyof typeof taken }[]
      }
      for (const { key, damage } of repaired)
        out.print(`${out.paint.good("mended")} ${printable(key, 120)}: ${taken[damage]}`)
      if (!repaired.length) out.print("There is nothing to mend.")
    }),
})
