import * as z from "zod"
import { Accounts } from "../channels/accounts.ts"
import { method } from "../kernel/method.ts"
import { cannot } from "./faults.ts"
import { Networks } from "./network.ts"
import { readChannel } from "./target.ts"

const listed = () =>
  z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      target: z.string().describe("As it is written to send there."),
    }),
  )

export const directory = method({
  name: "message.directory",
  scope: "read",
  summary: "People and rooms that an account of a chat network knows.",
  params: () =>
    z.object({
      kind: z.enum(["self", "peers", "groups", "members"]).describe("What to list."),
      channel: z
        .string()
        .max(64)
        .optional()
        .describe("Network; may be left out where there is one."),
      accountId: z.string().max(64).optional().describe("Account of it."),
      query: z.string().max(200).default("").describe("Part of a name."),
      groupId: z.string().max(200).optional().describe("Room whose members are listed."),
      limit: z.int().min(1).max(500).default(50).describe("At most this many."),
    }),
  result: () => z.object({ channel: z.string(), accountId: z.string(), entries: listed() }),
  example: { kind: "peers", channel: "slack" },
  limit: { max: 60, windowMs: 60_000 },
  needs: { networks: Networks, accounts: Accounts },
  async handle({ kind, channel, accountId, query, groupId, limit }, { networks, accounts }) {
    const { connectionTo } = await import("./act.ts")
    const wanted = { channel: readChannel(networks, channel), account: accountId }
    const network = connectionTo(wanted, { networks, accounts })
    const { connection, account } = network
    const refuse = () => cannot({ channel: network.channel.label, what: `list ${kind}` })
    const list = async () => {
      const { directory, self } = connection
      if (kind === "self")
        return [{ id: self.ids[0], name: self.name ?? self.ids[0], target: self.ids[0] }]
      if (!directory) throw refuse()
      if (kind === "peers") return directory.people(query, limit)
      if (kind === "groups") return directory.rooms(query, limit)
      if (!directory.members || !groupId) throw refuse()
      return directory.members(groupId, limit)
    }
    const entries = (await list()).slice(0, limit)
    return {
      channel: network.channel.id,
      accountId: account,
      entries: entries.map(({ id, name, target }) => ({ id, name, target })),
    }
  },
})
