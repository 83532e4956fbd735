import { ChannelsSettings } from "../channels/config.ts"
import { KnownChannels } from "../channels/known.ts"
import { configValid } from "../config/checks.ts"
import { Environment } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { configuredAccounts } from "./configured.ts"
import { everybody } from "./senders.ts"

const lists = ["allowFrom", "groupAllowFrom"] as const

export const entriesUsable = check({
  id: "access.entries-usable",
  title: "Allowlists name people by ids that their network knows",
  severity: "warn",
  after: [configValid],
  needs: { channels: ChannelsSettings, known: KnownChannels, env: Environment },
  detect({ channels, known, env }) {
    const found = configuredAccounts(channels, known, env).flatMap(({ of, at, settings }) =>
      lists.flatMap((list) => {
        const entries = (settings[list] ?? []).filter(
          (entry) => entry !== everybody && of.normalize(entry) === undefined,
        )
        return entries.length ? [{ list: `${at}.${list}`, entries, channel: of.id }] : []
      }),
    )
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    found
      .map(
        ({ list, entries }) => `${list} names ${entries.join(", ")}, which is nobody's stable id.`,
      )
      .join(" "),
  next: ({ found: [first] }) =>
    `Find the id behind a name: fased channels resolve --channel ${first!.channel} ${first!.entries[0]}`,
})
