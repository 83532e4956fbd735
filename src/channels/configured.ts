import type { Env } from "../config/paths.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { accountsOf } from "./account-of.ts"
import { blockOf, type ChannelBlock, type ChannelsConfig } from "./config.ts"
import type { Configured } from "./supervise.ts"

/** Every account there is, of the config and of the environment. */
export const configuredAccounts = (
  channels: readonly AnyChannel[],
  config: ChannelsConfig,
  { env, log }: { env: Env; log: Log },
): readonly Configured[] =>
  channels.flatMap((channel) => {
    try {
      return accountsOf(channel, config, env).map(({ account, isDefault, settings }) => ({
        channel,
        account,
        isDefault,
        enabled: settings.enabled,
        config: settings,
        lacks: missing(channel, settings),
        credentialSource: sourceOf(channel, blockOf(config, channel.id), account, settings),
      }))
    } catch (error) {
      // A plugin's own rules, or an environment variable: no reason to be without the others.
      log.error("the settings of a channel cannot be used", { channel: channel.id, error })
      return []
    }
  })

const isBlank = (value: unknown) => !String(value ?? "").trim()

/** A credential that is not set, or blank, which means closed. */
const missing = (
  { credentials }: Pick<AnyChannel, "credentials">,
  settings: Readonly<Record<string, unknown>>,
): string | undefined => {
  const wanting = credentials.find(
    ({ setting, optional }) =>
      !optional && isBlank(settings[setting]) && isBlank(settings.tokenFile),
  )
  return wanting && `The setting ${wanting.setting} is missing: ${wanting.prompt}.`
}

const sourceOf = (
  { credentials }: Pick<AnyChannel, "credentials">,
  block: ChannelBlock | undefined,
  account: string,
  settings: Readonly<Record<string, unknown>>,
): Configured["credentialSource"] => {
  const name = credentials[0]?.setting
  if (!name) return undefined
  if (!isBlank(settings.tokenFile)) return "file"
  if (isBlank(settings[name])) return "none"
  return (block?.accounts?.[account]?.[name] ?? block?.[name]) === undefined
    ? "environment"
    : "config"
}
