import type { Env } from "../config/paths.ts"
import type { Log } from "../kernel/log.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { blockOf, type ChannelsConfig } from "./config.ts"
import { resolveAccounts } from "./resolve.ts"
import type { Configured } from "./supervise.ts"

/** Every account there is, of the config and of the environment. */
export const configuredAccounts = (
  channels: readonly AnyChannel[],
  config: ChannelsConfig,
  { env, log }: { env: Env; log: Log },
): readonly Configured[] =>
  channels.flatMap((channel) => {
    try {
      return resolveAccounts(channel, blockOf(config, channel.id), env).map(
        ({ account, isDefault, settings }) => ({
          channel,
          account,
          isDefault,
          enabled: settings.enabled,
          config: settings,
          lacks: missing(channel, settings),
        }),
      )
    } catch (error) {
      // A plugin's own rules, or an environment variable: no reason to be without the others.
      log.error("the settings of a channel cannot be used", { channel: channel.id, error })
      return []
    }
  })

/** A credential that is not set, or blank, which means closed. */
const missing = (
  { credentials }: Pick<AnyChannel, "credentials">,
  settings: Readonly<Record<string, unknown>>,
): string | undefined => {
  const isBlank = (setting: string) => !String(settings[setting] ?? "").trim()
  const wanting = credentials.find(
    ({ setting, optional }) => !optional && isBlank(setting) && isBlank("tokenFile"),
  )
  return wanting && `The setting ${wanting.setting} is missing: ${wanting.prompt}.`
}
