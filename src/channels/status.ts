import * as z from "zod"
import type { Clock } from "../kernel/clock.ts"
import { within } from "../kernel/deadline.ts"
import type { AnyChannel, Probe } from "../kernel/network.ts"
import type { AccountSettings } from "./account.ts"
import type { AccountStatus, Live } from "./accounts.ts"
import { accountShape, publicStatus } from "./events.ts"
import type { KnownChannels } from "./known.ts"
import type { Configured, Supervisor } from "./supervise.ts"

export const probeShape = () =>
  z.object({
    ok: z.boolean(),
    account: z.string().optional().describe("Who answered."),
    findings: z
      .array(z.object({ text: z.string(), hint: z.string().optional() }))
      .describe("What is missing or wrong, such as a permission."),
    elapsedMs: z.number(),
  })
type Probed = z.infer<ReturnType<typeof probeShape>>

const snapshot = () =>
  z.looseObject({
    ...accountShape(),
    name: z.string().optional(),
    enabled: z.boolean(),
    configured: z.boolean(),
    linked: z.boolean().optional().describe("Of accounts that a person has to link."),
    running: z.boolean().describe("It is kept connected, or tried again and again."),
    connected: z.boolean(),
    dmPolicy: z.string().optional(),
    allowFrom: z.array(z.string()).optional(),
    credentialSource: z.string().optional().describe("Where its credentials come from."),
    lastProbeAt: z.number().optional(),
    probe: probeShape().optional(),
  })
type Snapshot = z.input<ReturnType<typeof snapshot>>

export const statusShape = () =>
  z.object({
    ts: z.number(),
    channelOrder: z.array(z.string()),
    channelLabels: z.record(z.string(), z.string()),
    channelDetailLabels: z.record(z.string(), z.string()),
    channelMeta: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        detailLabel: z.string(),
        login: z.literal(true).optional().describe("A person has to link its accounts."),
        credentials: z
          .array(
            z.object({
              setting: z.string(),
              prompt: z.string(),
              optional: z.literal(true).optional(),
              secret: z.literal(true).optional(),
            }),
          )
          .describe("What channels.add asks for, in this order."),
      }),
    ),
    channelSetup: z.record(z.string(), z.string()).describe("How each is set up, in one line."),
    channels: z.record(
      z.string(),
      z.object({ configured: z.boolean(), running: z.boolean(), connected: z.boolean() }),
    ),
    channelAccounts: z.record(z.string(), z.array(snapshot())),
    channelDefaultAccountId: z.record(z.string(), z.string()),
  })
export type ChannelsStatus = z.infer<ReturnType<typeof statusShape>>

/** Every channel this gateway knows, and every account of it. Nothing secret. */
export const readStatus = async (
  { supervisor, known }: { supervisor: Supervisor; known: KnownChannels },
  { probe, timeoutMs, clock }: { probe: boolean; timeoutMs: number; clock: Clock },
): Promise<ChannelsStatus> => {
  const channels = known.all()
  const accounts = await Promise.all(
    supervisor.all().map(async ({ wanted, status, live }) => ({
      wanted,
      snapshot: {
        ...snapshotOf(wanted, status),
        ...(probe && live && (await probed(live, timeoutMs, clock))),
      },
    })),
  )
  const of = (id: string) => accounts.filter(({ wanted }) => wanted.channel.id === id)
  const byChannel = <T>(value: (channel: (typeof channels)[number]) => T) =>
    Object.fromEntries(channels.map((channel) => [channel.id, value(channel)]))
  const labels = byChannel(({ label }) => label)
  return {
    ts: clock.now(),
    channelOrder: channels.map(({ id }) => id),
    channelLabels: labels,
    channelDetailLabels: labels,
    channelMeta: channels.map(metaOf),
    channelSetup: byChannel(({ setup }) => setup),
    channels: byChannel(({ id }) => ({
      configured: of(id).some(({ snapshot }) => snapshot.configured),
      running: of(id).some(({ snapshot }) => snapshot.running),
      connected: of(id).some(({ snapshot }) => snapshot.connected),
    })),
    channelAccounts: byChannel(({ id }) => of(id).map(({ snapshot }) => snapshot)),
    channelDefaultAccountId: Object.fromEntries(
      accounts
        .filter(({ wanted }) => wanted.isDefault)
        .map(({ wanted }) => [wanted.channel.id, wanted.account]),
    ),
  }
}

const metaOf = ({ id, label, can, credentials, settings }: AnyChannel) => {
  const { shape } = settings()
  return {
    id,
    label,
    detailLabel: label,
    ...(can.login && { login: true as const }),
    credentials: credentials.map(({ setting, prompt, optional }) => ({
      setting,
      prompt,
      ...(optional && { optional }),
      ...(shape[setting]?.meta()?.secret === true && { secret: true as const }),
    })),
  }
}

const resting: readonly AccountStatus["state"][] = [
  "disabled",
  "unconfigured",
  "stopped",
  "needs-login",
  "wrong-credentials",
]

const snapshotOf = (
  { channel, enabled, lacks, credentialSource, config }: Configured,
  status: AccountStatus,
): Snapshot => {
  const { name, dmPolicy, allowFrom } = config as AccountSettings
  return {
    ...publicStatus(status),
    ...(name && { name }),
    enabled,
    configured: lacks === undefined,
    ...(channel.can.login && { linked: status.state !== "needs-login" }),
    running: !resting.includes(status.state),
    connected: status.state === "connected",
    dmPolicy,
    allowFrom: [...allowFrom],
    credentialSource,
  }
}

const probed = async ({ connection }: Live, timeoutMs: number, clock: Clock) => {
  const lastProbeAt = clock.now()
  const done = (probe: Probe): { lastProbeAt: number; probe: Probed } => ({
    lastProbeAt,
    probe: { ...probe, findings: [...probe.findings], elapsedMs: clock.now() - lastProbeAt },
  })
  try {
    const probe = await within(clock, timeoutMs, (signal) => connection.probe?.(signal))
    return done(probe ?? { ok: true, findings: [] })
  } catch (error) {
    return done({ ok: false, findings: [{ text: (error as Error).message }] })
  }
}
