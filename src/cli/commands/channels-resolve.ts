import { accountFlags, namedChannel } from "../channels.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Result {
  input: string
  resolved: boolean
  id?: string
  name?: string
  note?: string
}

export const channelsResolve = command({
  about: "Allowlists take ids, as names can be changed by whoever has them. This finds the id.",
  args: {
    entry: { type: "positional", required: true, description: "Names of people or rooms" },
    kind: {
      type: "enum",
      options: ["auto", "user", "group"],
      default: "auto",
      description: "What they are names of",
    },
    ...accountFlags,
    ...gatewayFlags,
  },
  words: true,
  examples: [["fased channels resolve --channel slack '#general' @ada", "ids to put into a list"]],
  async run({ entry, kind, channel, account, _: words, ...args }, context) {
    const { out } = context
    const named = await namedChannel({ channel }, context)
    if (!named)
      throw usage({
        problem: "Which channel was not said.",
        hint: "Add it, such as: --channel telegram",
      })
    const { results } = (await withGateway(args, context, (client) =>
      client.request("channels.resolve", {
        channel: named.id,
        ...(account !== undefined && { accountId: account }),
        entries: words.length ? words : [entry],
        kind,
      }),
    )) as { results: Result[] }
    if (args.json) out.json({ results })
    else {
      const { accent, muted, bad } = out.paint
      const rows = results.map(({ input, id, name, note }) => [
        printable(input, 80),
        id === undefined ? (["not found", bad] as const) : ([printable(id, 80), accent] as const),
        printable(name ?? "", 80),
        printable(note ?? "", 200),
      ])
      const head = ["ENTRY", "ID", "NAME", "NOTE"]
      for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    }
    return results.every(({ resolved }) => resolved) ? 0 : 1
  },
})
