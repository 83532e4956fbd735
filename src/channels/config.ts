import * as z from "zod"
import type { AnyChannel } from "../kernel/network.ts"
import type { Section } from "../kernel/section.ts"
import { type Service, service } from "../kernel/service.ts"
import { accountId, accountShape, groupPolicies, heartbeatSettings } from "./account.ts"
import type { KnownChannels } from "./known.ts"
import { accountIds, accountProblems } from "./resolve.ts"
import { asWritten } from "./written.ts"

const reserved = ["defaults", "modelByChannel"]

const shared = () => ({
  defaults: z
    .strictObject({
      groupPolicy: z
        .enum(groupPolicies)
        .default("allowlist")
        .describe("Who is heard in groups of channels that do not say."),
      heartbeat: heartbeatSettings().prefault({}),
    })
    .prefault({})
    .describe("What holds for every channel that says nothing else."),
  modelByChannel: z
    .record(
      z.string().min(1).describe("Channel, such as telegram."),
      z
        .record(
          z.string().min(1).describe("Conversation, as -100123 or -100123:topic:7."),
          z.string().min(1).describe("Model as provider/model, or its alias."),
        )
        .describe("Its conversations."),
    )
    .default({})
    .describe("Models of single conversations, where a session was given none."),
})

/** A channel as the config file says it: nothing inherited, no default filled in. */
export type ChannelBlock = Readonly<Record<string, unknown>> & {
  enabled?: boolean
  defaultAccount?: string
  accounts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Chat networks. Every key beside the two is one, by its id. */
export type ChannelsConfig = z.output<z.ZodObject<ReturnType<typeof shared>>> &
  Readonly<Record<string, unknown>>

/** The section as a service, for declarations that need it. */
export const ChannelsSettings: Service<ChannelsConfig> = service("config.channels")

/** What the config says of a channel; undefined when it says nothing. */
export const blockOf = (config: ChannelsConfig, id: string): ChannelBlock | undefined =>
  reserved.includes(id) || !Object.hasOwn(config, id) ? undefined : (config[id] as ChannelBlock)

/** Ids of all that the config names, known or not. */
export const namedChannels = (config: ChannelsConfig) =>
  Object.keys(config).filter((id) => !reserved.includes(id))

/**
 * The section `channels`. Its schema is made of every network's own when it is first asked for, and
 * anew once a plugin joined: a gateway that has no `channels` in its config does without.
 */
export const channelsSection = (known: KnownChannels): Section => {
  let of: readonly AnyChannel[] | undefined
  let schema: z.ZodObject
  return {
    id: "channels",
    service: ChannelsSettings.service,
    summary: "Chat networks: accounts, who is heard in them, how they answer.",
    reload: "part",
    get variables() {
      return known.all().flatMap(({ variables }) => Object.keys(variables ?? {}))
    },
    get schema() {
      if (of !== known.all()) schema = makeSchema((of = known.all()))
      return schema
    },
  }
}

const makeSchema = (channels: readonly AnyChannel[]) => {
  const blocks = channels.map((channel) => [
    channel.id,
    z.optional(z.strictObject(blockShape(channel)).describe(`${channel.label}. ${channel.setup}`)),
  ])
  return z
    .object({ ...shared(), ...(Object.fromEntries(blocks) as Record<string, z.ZodType>) })
    .catchall(z.looseObject(blockShape()).describe("A channel of a plugin."))
    .superRefine((config, context) => {
      for (const channel of channels) {
        const block = blockOf(config, channel.id)
        if (!block) continue
        for (const id of accountIds(block))
          for (const { path, message } of accountProblems(channel, block, id))
            context.addIssue({ code: "custom", path: [channel.id, ...path], message })
      }
    })
}

/** The shape of one channel: what holds for all its accounts, and each of these. */
const blockShape = (channel?: AnyChannel) => {
  const own = channel?.settings().shape ?? {}
  const shape = () => asWritten({ ...accountShape(), ...own })
  const account = channel ? z.strictObject(shape()) : z.looseObject(shape())
  return {
    ...shape(),
    defaultAccount: z.string().optional().describe("Account used where none is named."),
    accounts: z
      .record(
        accountId().describe("Account by a name you choose."),
        account.describe("What is other in this account."),
      )
      .optional()
      .describe("Accounts by name; each inherits what the channel says."),
  }
}
