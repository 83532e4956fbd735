import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { section } from "../kernel/section.ts"

const ids = () => z.union([z.string().trim().min(1), z.int().transform(String)])

/** What a binding is about; all that is given must hold. */
const match = onFirstUse(() =>
  z.strictObject({
    channel: z.string().trim().toLowerCase().min(1).describe("Network, such as telegram."),
    accountId: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe("Account; * is any. Unset: the channel's default one."),
    peer: z
      .strictObject({
        kind: z.enum(["direct", "group", "channel"]).describe("A person, a group or a channel."),
        id: ids().describe("Its id on the network."),
      })
      .optional()
      .describe("One conversation; its threads follow it."),
    guildId: ids().optional().describe("Server of the network, where it has such."),
    teamId: ids().optional().describe("Workspace of the network, where it has such."),
    roles: z.array(ids()).min(1).optional().describe("Somebody with one of these roles, by id."),
  }),
)

export const bindings = section({
  id: "bindings",
  summary: "Which agent answers where. The narrowest that fits wins; among equals, the first.",
  reload: "live",
  schema: () =>
    z.array(
      z.strictObject({
        agentId: z.string().trim().min(1).describe("The agent that answers."),
        match: match().describe("Where; all that is given must hold."),
      }),
    ),
})
export type Bindings = z.infer<typeof bindings.schema>
export type Binding = Bindings[number]
