import { command } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { sessionArgument } from "../sessions.ts"

export const sessionsDelete = command({
  about: "Takes a session out of the list. Its transcript is archived unless that is to go too.",
  args: {
    key: sessionArgument,
    transcript: { type: "boolean", description: "Also remove the transcript, for good" },
    yes: { type: "boolean", alias: "y", description: "Do not ask" },
    ...gatewayFlags,
  },
  examples: [
    ["fased sessions delete agent:main:old --yes", "out of the list"],
    ["fased sessions delete agent:main:old --transcript --yes", "with all that was said"],
  ],
  async run({ key, transcript, yes, ...args }, context) {
    const what = transcript ? " and all that was said in it, for good" : ""
    await confirmed(`Delete ${printable(key, 120)}${what}?`, {
      yes,
      context,
      words: `sessions delete ${key}${transcript ? " --transcript" : ""} --yes`,
    })
    await withGateway(args, context, async (client, target) => {
      const params = { key, ...(transcript && { deleteTranscript: true }) }
      const result = await client.request("sessions.delete", params)
      noteTarget(target, context)
      const { out } = context
      if (args.json) return out.json(result)
      const { archived = [] } = result as { archived?: string[] }
      const kept = archived.length ? out.paint.muted(" (its transcript is archived)") : ""
      out.print(`${out.paint.good("deleted")} ${printable(key, 120)}${kept}`)
    })
  },
})
