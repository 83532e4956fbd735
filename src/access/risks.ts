import { ChannelsSettings } from "../channels/config.ts"
import { KnownChannels } from "../channels/known.ts"
import { Environment } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { valueAt } from "../config/path.ts"
import { risk } from "../kernel/risk.ts"
import { session } from "../sessions/config.ts"
import { type Configured, configuredAccounts } from "./configured.ts"
import { everybody } from "./senders.ts"

const needs = { channels: ChannelsSettings, known: KnownChannels, env: Environment } as const
const places = (found: readonly Configured[]) => [...new Set(found.map(({ at }) => at))].join(", ")

const hearsAnyone = ({ settings: { dmPolicy, allowFrom } }: Configured) =>
  dmPolicy !== "disabled" && allowFrom.includes(everybody)

export const openDirect = risk({
  id: "channels.dm.open",
  title: "Anyone on a chat network may write to an agent",
  needs,
  detect({ channels, known, env }) {
    const found = configuredAccounts(channels, known, env).filter(hearsAnyone)
    return found.length
      ? {
          severity: "critical",
          detail: `${places(found)}: allowFrom holds "*", so every stranger's private message reaches a model and its tools.`,
          remediation: `Take "*" out of allowFrom and let people in by code: fased config set ${found[0]!.at}.dmPolicy pairing`,
        }
      : null
  },
})

export const openGroups = risk({
  id: "channels.groups.open",
  title: "Anyone in a room may speak to an agent",
  needs: { ...needs, settings: Settings },
  detect({ channels, known, env, settings }) {
    const found = configuredAccounts(channels, known, env).filter(
      (account) => (account.settings.groupPolicy ?? channels.defaults.groupPolicy) === "open",
    )
    if (!found.length) return null
    // Where it is written: in the account, in its channel, or for all.
    const written = [
      ["channels", "defaults", "groupPolicy"],
      ...found.flatMap(({ channel, account }) => [
        ["channels", channel, "groupPolicy"],
        ["channels", channel, "accounts", account, "groupPolicy"],
      ]),
    ].filter((path) => valueAt(settings.current().composed, path) === "open")
    return {
      severity: "critical",
      detail: `${places(found)}: groupPolicy is open, so everybody in any room the account is in is heard.`,
      remediation: `fased config set ${found[0]!.at}.groupPolicy allowlist`,
      fix: {
        describe: "Set groupPolicy to allowlist.",
        apply: () => settings.change(written.map((path) => ({ path, value: "allowlist" }))),
      },
    }
  },
})

export const sharedDirect = risk({
  id: "channels.dm.scope_main_multiuser",
  title: "Several people share one private conversation",
  needs: { ...needs, session },
  detect({ channels, known, env, session }) {
    if (session.dmScope !== "main") return null
    const found = configuredAccounts(channels, known, env).filter(
      (account) =>
        account.settings.dmPolicy !== "disabled" &&
        (hearsAnyone(account) || account.settings.allowFrom.length > 1),
    )
    return found.length
      ? {
          severity: "warn",
          detail: `${places(found)}: more than one person may write, and session.dmScope is main: each of them reads and steers the same conversation.`,
          remediation: "fased config set session.dmScope per-channel-peer",
        }
      : null
  },
})
