import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { useNow } from "../../now.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { useResource } from "../../resource.ts"
import { when } from "../../words.ts"

type Status = Result<"channels.status">
type Account = Status["channelAccounts"][string][number]

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
const isIdle = ({ state }: Account) =>
  state === "backing-off" || state === "stopped" || state === "wrong-credentials"

const standing = ({ state, self, silent, reason, hint, lastInboundAt }: Account, now: number) =>
  [
    state === "connected" && self ? `connected as ${self}` : states[state],
    silent && "without a sign of life",
    reason,
    hint,
    state === "connected" && lastInboundAt && `last message ${when(lastInboundAt, now)}`,
  ]
    .filter(Boolean)
    .join(" · ")

/** The chat networks that are set up, and how each account of them is. */
export const Channels = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const status = useResource(gateway, () => gateway.call("channels.status"), {
    events: ["channels", "config.changed"],
  })
  return (
    <section aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      <Known resource={status} what="the channels">
        {({ channelOrder, channelLabels, channelAccounts }) => {
          const shown = channelOrder.flatMap((channel) =>
            (channelAccounts[channel] ?? []).map((account) => ({ channel, account })),
          )
          if (!shown.length)
            return (
              <Empty title="No chat network is connected.">
                Ask in the chat: “How do I add Telegram?”
              </Empty>
            )
          return (
            <ul class="lines">
              {shown.map(({ channel, account }) => {
                const { accountId, name } = account
                const label = channelLabels[channel] ?? channel
                const title = accountId === "default" ? label : `${label} (${name ?? accountId})`
                return (
                  <li key={`${channel} ${accountId}`}>
                    <b>{title}</b>
                    <span>
                      {standing(account, now)}{" "}
                      {isIdle(account) && gateway.may("write") && (
                        <Action
                          class="link"
                          what={`connect ${title}`}
                          act={() => gateway.call("channels.start", { channel, accountId })}
                        >
                          Connect
                        </Action>
                      )}
                    </span>
                  </li>
                )
              })}
            </ul>
          )
        }}
      </Known>
    </section>
  )
}
