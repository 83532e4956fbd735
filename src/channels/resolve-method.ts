import * as z from "zod"
import { method } from "../kernel/method.ts"
import { cannot, notConnected } from "./account-faults.ts"
import { isLive } from "./accounts.ts"
import { KnownChannels } from "./known.ts"
import { ChannelControl } from "./service.ts"
import { whichChannel } from "./which.ts"

const kinds = ["auto", "user", "group"] as const

export const resolve = method({
  name: "channels.resolve",
  scope: "read",
  summary: "Find the ids behind names of people and rooms, for allowlists and targets.",
  params: () =>
    z.object({
      channel: z.string().min(1).max(64).describe("Channel, such as slack."),
      accountId: z.string().min(1).max(64).optional().describe("Account; the default one."),
      entries: z.array(z.string().min(1).max(200)).min(1).max(50).describe("Names, or ids."),
      kind: z.enum(kinds).default("auto").describe("What they are names of."),
    }),
  result: () =>
    z.object({
      results: z.array(
        z.object({
          input: z.string(),
          resolved: z.boolean(),
          id: z.string().optional(),
          name: z.string().optional(),
          target: z.string().optional(),
          note: z.string().optional().describe("Why not, or which else it could be."),
        }),
      ),
    }),
  example: { channel: "slack", entries: ["#general"] },
  // Each asks a network.
  limit: { max: 60, windowMs: 60_000 },
  needs: { control: ChannelControl, known: KnownChannels },
  async handle({ channel: name, accountId, entries, kind }, { control, known }) {
    const channel = whichChannel(known, name)
    const { account } = (await control.supervisor()).one({
      channel: channel.id,
      account: accountId,
    })
    const live = control.connection(channel.id, account)
    if (!isLive(live))
      throw notConnected({
        label: channel.label,
        state: live?.state ?? "not set up",
        hint: live?.hint,
      })
    const { directory } = live.connection
    if (!directory) throw cannot({ label: channel.label, what: "look up names" })
    const lookUp = async (query: string) => [
      ...(kind === "group" ? [] : await directory.people(query, 10)),
      ...(kind === "user" ? [] : await directory.rooms(query, 10)),
    ]
    const results = await Promise.all(
      entries.map(async (input) => {
        const query = input.replace(/^[@#]/, "")
        const found = await lookUp(query)
        const exact = found.filter(
          ({ id, name }) => id === query || name.toLowerCase() === query.toLowerCase(),
        )
        const [first] = exact.length ? exact : found.length === 1 ? found : []
        if (!first)
          return {
            input,
            resolved: false,
            note: found.length
              ? `It could be ${found.map(({ name, id }) => `${name} (${id})`).join(", ")}.`
              : "Nobody and nothing of that name is known to the account.",
          }
        const others = exact.slice(1)
        return {
          input,
          resolved: true,
          ...first,
          ...(others.length && { note: `Also: ${others.map(({ id }) => id).join(", ")}.` }),
        }
      }),
    )
    return { results }
  },
})
