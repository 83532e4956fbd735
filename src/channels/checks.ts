import { configValid } from "../config/checks.ts"
import { check } from "../kernel/check.ts"
import { accountLabel, Accounts, type AccountStatus } from "./accounts.ts"
import { blockOf, ChannelsSettings, namedChannels } from "./config.ts"
import { KnownChannels } from "./known.ts"

const troubled: readonly AccountStatus["state"][] = [
  "unconfigured",
  "backing-off",
  "needs-login",
  "wrong-credentials",
]

export const accountsConnected = check({
  id: "channels.accounts-connected",
  title: "Accounts of chat networks are connected",
  severity: "warn",
  after: [configValid],
  needs: { accounts: Accounts },
  detect({ accounts }) {
    const found = accounts
      .list()
      .filter(({ state, silent }) => silent || troubled.includes(state))
      .map((status) => ({ ...status, name: accountLabel(status.channel, status.account) }))
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    found
      .map(({ name, state, silent, reason }) =>
        [
          `${name}: ${silent ? "connected, but shows no sign of life" : state.replaceAll("-", " ")}.`,
          reason,
        ]
          .filter(Boolean)
          .join(" "),
      )
      .join(" "),
  next: ({ found: [first] }) =>
    first!.hint ??
    (first!.state === "needs-login"
      ? `Link it: fased channels login --channel ${first!.channel} --account ${first!.account}`
      : "Look closer: fased channels status --probe"),
})

export const defaultNamed = check({
  id: "channels.default-named",
  title: "Channels with several accounts say which one is meant where none is named",
  severity: "warn",
  after: [configValid],
  needs: { channels: ChannelsSettings },
  detect({ channels }) {
    const found = namedChannels(channels).flatMap((id) => {
      const { accounts = {}, defaultAccount } = blockOf(channels, id)!
      const names = Object.keys(accounts).toSorted()
      const isClear = names.length < 2 || names.includes(defaultAccount ?? "default")
      return isClear ? [] : [{ id, names }]
    })
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    found
      .map(
        ({ id, names }) =>
          `channels.${id} has the accounts ${names.join(", ")} and no default: ${names[0]} is taken, as the first by name.`,
      )
      .join(" "),
  next: ({ found: [first] }) =>
    `Name it: fased config set channels.${first!.id}.defaultAccount ${first!.names[0]}`,
})

export const channelsKnown = check({
  id: "channels.known",
  title: "Every channel of the config is one this gateway can speak",
  severity: "warn",
  after: [configValid],
  needs: { channels: ChannelsSettings, known: KnownChannels },
  detect({ channels, known }) {
    const found = namedChannels(channels).filter((id) => !known.find(id))
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    `Nothing here speaks ${found.join(", ")}: the settings under channels.${found[0]} do nothing.`,
  next: ({ found }) =>
    `Install its plugin (fased plugins install ${found[0]}), or remove it: fased config unset channels.${found[0]}`,
})
