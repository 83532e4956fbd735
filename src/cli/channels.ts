import { existsSync } from "node:fs"
import { join } from "node:path"
import type { KnownChannels } from "../channels/known.ts"
import type { ChannelsStatus } from "../channels/status.ts"
import type { AnyChannel } from "../kernel/network.ts"
import type { Context } from "./command.ts"
import { usage } from "./faults.ts"
import type { Output } from "./output.ts"
import { printable } from "./printable.ts"
import { ago } from "./ago.ts"

export type Account = ChannelsStatus["channelAccounts"][string][number]

/** Which account a command is about. */
export const accountFlags = {
  channel: { type: "string", valueHint: "name", description: "Channel, such as telegram" },
  account: { type: "string", valueHint: "name", description: "Account; the default one" },
} as const

/** The channels there are here: those of the program, and those of plugins on this disk. */
export const channelsHere = async ({
  paths,
  env,
  execPath,
}: Pick<Context, "paths" | "env" | "execPath">): Promise<KnownChannels> => {
  const { known } = await import("../registry/channels.ts")
  if (!existsSync(join(paths.state, "plugins"))) return known
  const [{ findPlugins }, { pluginChannel }, { loadSchemaReader }, { hostCommand }] =
    await Promise.all([
      import("../plugins/load.ts"),
      import("../plugins/channel.ts"),
      import("../plugins/facts.ts"),
      import("../plugins/host-command.ts"),
    ])
  const reader = await loadSchemaReader()
  const host = () => hostCommand(execPath, env)
  for (const { id, folder, manifest } of findPlugins(paths.state))
    if (manifest && !known.find(id)) known.join(pluginChannel(manifest, folder, host, reader))
  return known
}

/** The channel a command names, as a word or by `--channel`; undefined when it names none. */
export const namedChannel = async (
  { name, channel = name }: { name?: string; channel?: string },
  context: Pick<Context, "paths" | "env" | "execPath">,
): Promise<AnyChannel | undefined> => {
  if (channel === undefined) return undefined
  const known = await channelsHere(context)
  const found = known.find(channel)
  if (found) return found
  const ids = known.all().map(({ id }) => id)
  throw usage({
    problem: `There is no channel "${printable(channel, 64)}".`,
    hint: `There is: ${ids.join(", ") || "none yet"}`,
  })
}

const colours = {
  connected: "good",
  connecting: "warn",
  "backing-off": "warn",
  "needs-login": "bad",
  "wrong-credentials": "bad",
  unconfigured: "bad",
  stopped: "muted",
  disabled: "muted",
} as const

/** How an account stands, in one line and what to do below it. */
export const describeAccount = (
  label: string,
  account: Account,
  { paint }: Pick<Output, "paint">,
): string[] => {
  const { accountId, name, state, silent, reason, hint, probe } = account
  const words = silent ? "silent" : state.replaceAll("-", " ")
  const colour = paint[silent ? "warn" : colours[state]]
  const title = accountId === "default" ? label : `${label} (${printable(accountId, 64)})`
  return [
    [
      `${paint.accent(title)}${name ? ` ${paint.muted(printable(name, 80))}` : ""}: ${colour(words)}`,
      account.self && `as ${printable(account.self, 80)}`,
      account.state !== "disabled" && paint.muted(ago(account.since, Date.now())),
      account.restarts > 0 && paint.muted(`connected anew ${account.restarts}×`),
      account.waiting > 0 && paint.warn(`${account.waiting} waiting`),
    ]
      .filter(Boolean)
      .join(" "),
    ...(reason ? [`  ${printable(reason, 500)}`] : []),
    ...(hint ? [`  ${paint.muted("→")} ${printable(hint, 500)}`] : []),
    ...(probe ? describeProbe(probe, { paint }) : []),
  ]
}

export const describeProbe = (
  probe: { ok: boolean; account?: string; findings: readonly { text: string; hint?: string }[] },
  { paint }: Pick<Output, "paint">,
): string[] => [
  `  ${probe.ok ? paint.good("✓ works") : paint.bad("✗ does not work")}${probe.account ? ` as ${printable(probe.account, 100)}` : ""}`,
  ...probe.findings.flatMap(({ text, hint }) => [
    `  ${paint.warn("!")} ${printable(text, 500)}`,
    ...(hint ? [`    ${paint.muted("→")} ${printable(hint, 500)}`] : []),
  ]),
]
