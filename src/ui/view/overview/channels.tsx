import type { Gateway } from "../../gateway.ts"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { useResource } from "../../resource.ts"

/** A channel's standing, as far as the gateway tells it. */
const wordsFor = (standing: unknown) => {
  const { running, connected, lastError } = (standing ?? {}) as {
    running?: boolean
    connected?: boolean
    lastError?: string | null
  }
  if (lastError) return lastError
  if (connected ?? running) return "connected"
  return running === false ? "not running" : "set up"
}

/** The chat networks and whether each of them is connected. */
export const Channels = ({ gateway }: { gateway: Gateway }) => {
  const health = useResource(gateway, () => gateway.call("health"), { events: ["health"] })
  return (
    <section aria-labelledby="channels">
      <h2 id="channels">Channels</h2>
      <Known resource={health} what="the channels">
        {({ channels, channelOrder, channelLabels }) => {
          const names = channelOrder.length ? channelOrder : Object.keys(channels)
          if (!names.length)
            return (
              <Empty title="No chat network is connected.">
                Ask in the chat: “How do I add Telegram?”
              </Empty>
            )
          return (
            <ul class="lines">
              {names.map((name) => (
                <li key={name}>
                  <b>{channelLabels[name] ?? name}</b>
                  <span>{wordsFor(channels[name])}</span>
                </li>
              ))}
            </ul>
          )
        }}
      </Known>
    </section>
  )
}
