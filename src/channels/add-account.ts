import type { Env, Paths } from "../config/paths.ts"
import type { Reloader } from "../config/reloader.ts"
import type { Settings } from "../config/settings.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyChannel, Probe } from "../kernel/network.ts"
import { changeKeeping } from "../secrets/keep.ts"
import { accountExists, accountRefused, credentialMissing, noCredential } from "./account-faults.ts"
import { makeRoom, placeOf } from "./add.ts"
import { blockOf, type ChannelsConfig } from "./config.ts"
import { soleAccount } from "./accounts.ts"
import { tryNewAccount } from "./trial.ts"

export interface NewAccount {
  channel: AnyChannel
  account: string
  /** What people call it. */
  name?: string
  /** By their settings. */
  credentials: Readonly<Record<string, string>>
  check: boolean
}

export interface Adding {
  config: ChannelsConfig
  settings: Settings
  reloader: Reloader
  paths: Paths
  env: Env
  clock: Clock
  log: Log
  /** Given up before it is written, nothing is. */
  signal?: AbortSignal
}

/**
 * Tries an account out with its network, then writes it into the config, its secrets into fased's
 * own file. Throws `channels.account-refused` before anything is written.
 */
export const addAccount = async (
  { channel, account, name, credentials, check }: NewAccount,
  context: Adding,
): Promise<Probe | undefined> => {
  const { settings, reloader, paths, env, clock, log, signal } = context
  const state = settings.current()
  const written = blockOf((state.composed?.channels ?? {}) as ChannelsConfig, channel.id)
  const isFlat = written && !written.accounts
  if (written?.accounts?.[account] || (isFlat && account === soleAccount))
    throw accountExists({ label: channel.label, account })
  const given = readGiven(channel, credentials)
  const block = blockOf(context.config, channel.id)
  const probe = check
    ? await tryNewAccount(
        channel,
        { account, block, settings: Object.fromEntries(given) },
        { env, clock, log: log.for(`channels/${channel.id}`) },
      )
    : undefined
  if (probe && !probe.ok)
    throw accountRefused({
      label: channel.label,
      findings: probe.findings.map(({ text, hint }) => [text, hint].filter(Boolean).join(" ")),
    })
  signal?.throwIfAborted()
  const place = placeOf(channel.id, written, account)
  const [secrets, plain] = partition(given, ([setting]) => isSecret(channel, setting))
  await changeKeeping(
    secrets.map(([setting, value]) => ({ path: [...place, setting], value })),
    { state, folder: paths.state },
    (references) =>
      settings.change(
        [
          ...makeRoom(channel, written, account),
          ...Object.entries({
            enabled: true,
            ...(name && { name }),
            ...Object.fromEntries(plain),
          }).map(([key, value]) => ({ path: [...place, key], value })),
          ...references,
        ],
        { afar: true },
      ),
  )
  await reloader.look()
  return probe
}

const isSecret = (channel: AnyChannel, setting: string) =>
  channel.settings().shape[setting]?.meta()?.secret === true

const partition = <T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] => [
  all.filter(test),
  all.filter((one) => !test(one)),
]

/** What was given, without blanks. Throws `channels.credential-missing`, `channels.no-credential`. */
const readGiven = ({ label, credentials }: AnyChannel, given: Readonly<Record<string, string>>) => {
  const values = Object.entries(given)
    .map(([setting, value]) => [setting, value.trim()] as const)
    .filter(([, value]) => value)
  const names = credentials.map(({ setting }) => setting)
  const stranger = values.find(([setting]) => !names.includes(setting))
  if (stranger) throw noCredential({ label, setting: stranger[0], known: names })
  const has = new Set(values.map(([setting]) => setting))
  const lacking = credentials.find(({ setting, optional }) => !optional && !has.has(setting))
  if (lacking) throw credentialMissing({ label, ...lacking })
  return values
}
