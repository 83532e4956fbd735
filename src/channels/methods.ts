import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { KnownChannels } from "./known.ts"
import { ChannelControl } from "./service.ts"
import { readStatus, statusShape } from "./status.ts"
import { whichAccount } from "./which.ts"

const which = () => ({
  channel: z.string().min(1).max(64).describe("Channel, such as telegram."),
  accountId: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe("Account; without it, all of the channel."),
})

export const status = method({
  name: "channels.status",
  scope: "read",
  summary: "Every chat network this gateway knows, and how each account of it is.",
  params: () =>
    z.object({
      probe: z.boolean().default(false).describe("Ask each network whether all is well."),
      timeoutMs: z.int().min(0).max(120_000).default(10_000).describe("Longest wait for one."),
    }),
  result: statusShape,
  example: { probe: true },
  // Each probe asks every network.
  limit: { max: 600, windowMs: 60_000 },
  needs: { control: ChannelControl, known: KnownChannels, clock: Clock },
  handle: async ({ probe, timeoutMs }, { control, known, clock }) =>
    readStatus({ supervisor: await control.supervisor(), known }, { probe, timeoutMs, clock }),
})

const acted = (action: "start" | "stop") => () =>
  z.object({
    channel: z.string(),
    accountId: z.string().nullable().describe("The account that was named."),
    action: z.literal(action),
    accounts: z.array(z.string()).describe("Those it was done to."),
  })

export const start = method({
  name: "channels.start",
  scope: "write",
  summary: "Connect an account that was stopped or given up, or try again at once.",
  params: () => z.object(which()),
  result: acted("start"),
  example: { channel: "telegram" },
  emits: ["channels"],
  needs: { control: ChannelControl, known: KnownChannels },
  async handle({ channel, accountId }, { control, known }) {
    const found = whichAccount(known, channel, accountId)
    const accounts = (await control.supervisor()).start(found)
    return {
      channel: found.channel,
      accountId: accountId ?? null,
      action: "start" as const,
      accounts: [...accounts],
    }
  },
})

export const stop = method({
  name: "channels.stop",
  scope: "write",
  summary: "Disconnect an account until it is started again, or the gateway is.",
  params: () => z.object(which()),
  result: acted("stop"),
  example: { channel: "telegram" },
  emits: ["channels"],
  needs: { control: ChannelControl, known: KnownChannels },
  async handle({ channel, accountId }, { control, known }) {
    const found = whichAccount(known, channel, accountId)
    const accounts = await (await control.supervisor()).stop(found)
    return {
      channel: found.channel,
      accountId: accountId ?? null,
      action: "stop" as const,
      accounts: [...accounts],
    }
  },
})

export const logout = method({
  name: "channels.logout",
  scope: "admin",
  summary: "Forget what links an account to its network.",
  params: () => z.object(which()),
  result: () => z.object({ channel: z.string(), accountId: z.string(), cleared: z.boolean() }),
  example: { channel: "whatsapp" },
  emits: ["channels"],
  needs: { control: ChannelControl, known: KnownChannels },
  async handle({ channel, accountId }, { control, known }) {
    const found = whichAccount(known, channel, accountId)
    const { account } = (await control.supervisor()).one(found)
    await control.logout({ channel: found.channel, account })
    return { channel: found.channel, accountId: account, cleared: true }
  },
})
