import { accountLabel, type AccountStatus } from "./accounts.ts"
import type { KnownChannels } from "./known.ts"
import type { ChannelControl } from "./service.ts"

/** How the channels are, for the gateway's health: no times, so that it differs only when they do. */
export const channelsHealth = (
  control: Pick<ChannelControl, "list">,
  known: Pick<KnownChannels, "all">,
) => {
  const byChannel = Map.groupBy(control.list(), ({ channel }) => channel)
  const shown = known.all().filter(({ id }) => byChannel.has(id))
  return {
    channels: Object.fromEntries(
      shown.map(({ id }) => {
        const accounts = byChannel.get(id)!
        return [
          id,
          {
            configured: accounts.some(({ state }) => state !== "unconfigured"),
            connected: accounts.some(({ state }) => state === "connected"),
            accounts: Object.fromEntries(
              accounts.map(({ account, state, reason, silent }) => [
                account,
                { state, ...(reason && { reason }), ...(silent && { silent }) },
              ]),
            ),
          },
        ]
      }),
    ),
    channelOrder: shown.map(({ id }) => id),
    channelLabels: Object.fromEntries(shown.map(({ id, label }) => [id, label])),
  }
}

/** A line for each account, for people. */
export const channelLines = (
  control: Pick<ChannelControl, "list">,
  known: Pick<KnownChannels, "find">,
): string[] => control.list().map((status) => `${nameOf(status, known)}: ${stateWords(status)}`)

const nameOf = ({ channel, account }: AccountStatus, known: Pick<KnownChannels, "find">) => {
  const label = known.find(channel)?.label ?? channel
  return accountLabel(label, account)
}

const stateWords = ({ state, self, silent, reason }: AccountStatus) => {
  if (state === "connected")
    return `connected${self ? ` as ${self}` : ""}${silent ? ", silent" : ""}`
  const words = state.replaceAll("-", " ")
  return reason ? `${words}: ${reason}` : words
}
