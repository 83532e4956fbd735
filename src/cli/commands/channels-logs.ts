import { namedChannel } from "../channels.ts"
import { command } from "../command.ts"
import { logs } from "./logs.ts"

const { subsystem: _, ...args } = logs.args

export const channelsLogs = command({
  about:
    "What the gateway wrote about its chat networks: who connected, what ended, what was dropped.",
  args: {
    channel: { type: "string", valueHint: "name", description: "Only this channel" },
    ...args,
  },
  examples: [["fased channels logs --channel telegram --follow", "watch one of them"]],
  async run({ channel, ...args }, context) {
    const named = await namedChannel({ channel }, context)
    const subsystem = named ? `channels/${named.id}` : "channels"
    return logs.run({ ...args, subsystem } as Parameters<typeof logs.run>[0], context)
  },
})
