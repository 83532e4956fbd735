import * as z from "zod"
import { Environment, Paths } from "../config/paths.ts"
import { Reloader } from "../config/reloader.ts"
import { Settings } from "../config/settings.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import { method } from "../kernel/method.ts"
import { accountId } from "./account.ts"
import { unknownAccount } from "./account-faults.ts"
import { blockOf, ChannelsSettings } from "./config.ts"
import { KnownChannels } from "./known.ts"
import { accountIds } from "./resolve.ts"
import { probeShape } from "./status.ts"
import { whichChannel } from "./which.ts"

const channel = () => z.string().min(1).max(64).describe("Channel, such as telegram.")
const account = () =>
  accountId()
    .default("default")
    .describe("Account by a name you choose; default: the one without a name.")

export const add = method({
  name: "channels.add",
  scope: "admin",
  summary: "Add an account of a chat network, once the network says that its credentials work.",
  params: () =>
    z.strictObject({
      channel: channel(),
      accountId: account(),
      name: z.string().trim().min(1).max(80).optional().describe("What people call it."),
      credentials: z
        .record(
          z.string().min(1).max(64),
          z.string().max(20_000).meta({ description: "One of them.", secret: true }),
        )
        .describe("What channels.status says it needs, by its settings."),
      check: z.boolean().default(true).describe("Try it out before it is written."),
    }),
  result: () =>
    z.object({
      channel: z.string(),
      accountId: z.string(),
      probe: probeShape().omit({ elapsedMs: true }).optional(),
    }),
  example: {
    channel: "telegram",
    accountId: "family",
    credentials: { botToken: "123456789:example-token-from-BotFather" },
    check: false,
  },
  // Each may ask a network.
  limit: { max: 20, windowMs: 60_000 },
  emits: ["channels", "config.changed"],
  needs: {
    known: KnownChannels,
    config: ChannelsSettings,
    settings: Settings,
    reloader: Reloader,
    paths: Paths,
    env: Environment,
    clock: Clock,
    log: Log,
  },
  async handle({ channel: named, accountId: account, name, credentials, check }, context) {
    const channel = whichChannel(context.known, named)
    const { addAccount } = await import("./add-account.ts")
    const probe = await addAccount({ channel, account, name, credentials, check }, context)
    return {
      channel: channel.id,
      accountId: account,
      ...(probe && { probe: { ...probe, findings: [...probe.findings] } }),
    }
  },
})

export const remove = method({
  name: "channels.remove",
  scope: "admin",
  summary: "Take an account out of the config; its conversations stay.",
  params: () => z.strictObject({ channel: channel(), accountId: account() }),
  result: () =>
    z.object({
      channel: z.string(),
      accountId: z.string(),
      last: z.boolean().describe("It was the only one, so all of its channel's settings are gone."),
    }),
  example: { channel: "telegram", accountId: "family" },
  emits: ["channels", "config.changed"],
  needs: { known: KnownChannels, config: ChannelsSettings, settings: Settings, reloader: Reloader },
  async handle({ channel: named, accountId: account }, { known, config, settings, reloader }) {
    const { id } = whichChannel(known, named)
    const block = blockOf(config, id)
    const ids = block ? accountIds(block) : []
    if (!ids.includes(account)) throw unknownAccount({ channel: id, account, known: [...ids] })
    const last = ids.length === 1
    const place = ["channels", id, ...(last ? [] : ["accounts", account])]
    await settings.change([{ path: place }], { afar: true })
    await reloader.look()
    return { channel: id, accountId: account, last }
  },
})
