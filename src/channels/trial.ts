import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Env } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import type { ConnectContext } from "../kernel/connect-context.ts"
import { type AnyChannel, connectionOver, type Probe } from "../kernel/network.ts"
import { notListening } from "./account-faults.ts"
import type { ChannelBlock } from "./config.ts"
import { within } from "../kernel/deadline.ts"
import { resolveAccounts } from "./resolve.ts"
import { teller } from "./told.ts"

const longestMs = 30_000

/**
 * Tries out an account that is not in the config yet, as it would be with all that it inherits.
 * Undefined where a person has to link it first.
 */
export const tryNewAccount = async (
  channel: AnyChannel,
  {
    account,
    block,
    settings,
  }: { account: string; block: ChannelBlock | undefined; settings: Record<string, unknown> },
  { env, ...context }: { env: Env } & Pick<ConnectContext, "clock" | "log">,
): Promise<Probe | undefined> => {
  if (channel.can.login) return undefined
  const accounts = { [account]: { enabled: true, ...settings } }
  const [wanted] = resolveAccounts(channel, { ...block, enabled: true, accounts }, {})
  const folder = mkdtempSync(join(tmpdir(), "fased-trial-"))
  try {
    const place = { folder, environment: cleanEnvironment(env) }
    return await tryAccount(channel, account, wanted!.settings, { ...place, ...context })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Tries an account out before it is set up: connects, asks whether all is well, and hangs up. What
 * arrives meanwhile is not taken, so the network keeps it.
 */
const tryAccount = async (
  channel: AnyChannel,
  account: string,
  config: unknown,
  { clock, log, ...place }: Pick<ConnectContext, "folder" | "environment" | "clock" | "log">,
): Promise<Probe> => {
  const told = teller(config)
  const kept = new Map<string, string>()
  const abort = new AbortController()
  try {
    const connection = await within(
      clock,
      longestMs,
      () =>
        channel.connect(config, {
          account,
          ...place,
          memory: {
            get: (key) => kept.get(key),
            set: async (key, value) => void kept.set(key, value),
          },
          arrived: async () => {
            throw notListening({ label: channel.label })
          },
          alive: () => undefined,
          menu: async () => [],
          menuChanged: () => () => undefined,
          mount: () => () => undefined,
          renamed: async () => undefined,
          clock,
          log,
          signal: abort.signal,
        }),
      abort.signal,
    )
    connection.over.catch(() => undefined)
    try {
      const probe = connection.probe
      if (!probe) return { ok: true, account: connection.self.username, findings: [] }
      return await within(clock, longestMs, (signal) => probe.call(connection, signal))
    } finally {
      await within(clock, longestMs, () => connection.close()).catch(() => undefined)
    }
  } catch (error) {
    const hint = connectionOver.is(error) ? error.data.hint : undefined
    return { ok: false, findings: [{ text: told(error), ...(hint && { hint }) }] }
  } finally {
    abort.abort(new Error("the trial is over"))
  }
}
