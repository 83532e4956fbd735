import type { Result } from "../../methods.ts"
import { when } from "../../words.ts"

type Status = Result<"channels.status">
export type Account = Status["channelAccounts"][string][number]

/** Every account there is, network by network. */
export const accountsOf = ({ channelOrder, channelAccounts }: Status) =>
  channelOrder.flatMap((channel) =>
    (channelAccounts[channel] ?? []).map((account) => ({ channel, account })),
  )

const states: Record<Account["state"], string> = {
  disabled: "switched off",
  unconfigured: "something is not set",
  connecting: "connecting",
  connected: "connected",
  "backing-off": "not connected, tried again soon",
  stopped: "stopped by hand",
  "needs-login": "has to be linked",
  "wrong-credentials": "its credentials are refused",
}

/** From here somebody can have it tried at once. */
export const isIdle = ({ state }: Account) =>
  state === "backing-off" || state === "stopped" || state === "wrong-credentials"

export const stateWords = ({ state, self }: Account) =>
  state === "connected" && self ? `connected as ${self}` : states[state]

/** How an account is, and what to do about it. */
export const standing = (account: Account, now: number) => {
  const { state, silent, reason, hint, lastInboundAt } = account
  return [
    stateWords(account),
    silent && "without a sign of life",
    reason,
    hint,
    state === "connected" && lastInboundAt && `last message ${when(lastInboundAt, now)}`,
  ]
    .filter(Boolean)
    .join(" · ")
}

/** `Telegram`, `Telegram (family)` */
export const accountTitle = (label: string, { accountId, name }: Account) =>
  accountId === "default" ? label : `${label} (${name ?? accountId})`
