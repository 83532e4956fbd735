import type { Gateway } from "../../gateway.ts"
import { useNow } from "../../now.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { useResource } from "../../resource.ts"
import { accountsOf, accountTitle, isIdle, standing } from "../channels/words.ts"

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
        {(known) => {
          const shown = accountsOf(known)
          if (!shown.length)
            return (
              <Empty title="No chat network is connected.">
                Add one on the Channels page, or ask in the chat: “How do I add Telegram?”
              </Empty>
            )
          return (
            <ul class="lines">
              {shown.map(({ channel, account }) => {
                const { accountId } = account
                const title = accountTitle(known.channelLabels[channel] ?? channel, account)
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
