import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Entry {
  id?: string
  name?: string
  target?: string
}

const listing = (kind: "self" | "peers" | "groups" | "members", purpose: string, words: string) =>
  command({
    args: {
      channel: {
        type: "string",
        valueHint: "id",
        description: "Network, such as slack (default: the only one)",
      },
      account: { type: "string", valueHint: "id", description: "Account of it" },
      query: { type: "string", valueHint: "text", description: "Part of a name" },
      ...(kind === "members" && {
        "group-id": {
          type: "string",
          valueHint: "id",
          required: true,
          description: "Which room",
        } as const,
      }),
      limit: { type: "string", valueHint: "n", description: "At most this many (default 50)" },
      ...gatewayFlags,
    },
    examples: [[`fased directory ${words}`, purpose]],
    async run({ channel, account, query, limit, ...args }, context) {
      const { out } = context
      const most = wholeNumber("--limit", limit, { min: 1, max: 500 })
      const groupId = (args as { "group-id"?: string })["group-id"]
      const result = await withGateway(args, context, (client) =>
        client.request("message.directory", {
          kind,
          ...(channel && { channel }),
          ...(account && { accountId: account }),
          ...(query && { query }),
          ...(most && { limit: most }),
          ...(groupId && { groupId }),
        }),
      )
      if (args.json) return out.json(result)
      const { entries = [] } = result as { entries?: Entry[] }
      if (!entries.length) return out.print("Nobody is known there by that name.")
      const rows = entries.map(({ name = "", target = "" }) => [
        printable(name, 60),
        [printable(target, 80), out.paint.accent] as const,
      ])
      const look = { width: out.width, muted: out.paint.muted }
      for (const line of table(["NAME", "TARGET"], rows, look)) out.print(line)
    },
  })

export const self = listing("self", "who the account is", "self --channel slack")
export const peers = listing("peers", "people it knows", "peers list --query ada")
export const groups = listing("groups", "rooms it knows", "groups list")
export const members = listing("members", "who is in a room", "groups members --group-id C1")
