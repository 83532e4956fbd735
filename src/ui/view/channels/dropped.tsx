import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Empty, FailureNotice } from "../../parts/notice.tsx"
import { useUndertaking } from "../../undertaking.ts"
import { when } from "../../words.ts"

interface Props {
  gateway: Gateway
  status: Result<"channels.status">
  now: number
}

const shown = 20

/** Why something that somebody wrote was not answered, and what would change that. */
export const Dropped = ({ gateway, status, now }: Props) => {
  const channels = status.channelOrder.filter((id) => status.channelAccounts[id]?.length)
  const [target, setTarget] = useState("")
  const asking = useUndertaking(async (_, words: string) => {
    const { drops } = await gateway.call("channels.explain", { target: words, limit: shown })
    return drops
  })
  const { value: drops, failure } = asking
  if (!channels.length) return null
  return (
    <section aria-labelledby="dropped">
      <h2 id="dropped">Why was a message not answered?</h2>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (target.trim()) void asking.start(target.trim())
        }}
      >
        <input
          aria-label="Message or conversation"
          placeholder="A message’s id, or telegram:-100123"
          maxLength={300}
          value={target}
          onInput={({ currentTarget }) => setTarget(currentTarget.value)}
        />
        <button type="submit" class="plain">
          Explain
        </button>
      </form>
      <p class="button-row">
        {channels.map((id) => (
          <button key={id} type="button" class="quiet" onClick={() => void asking.start(`${id}:*`)}>
            The last ones on {status.channelLabels[id] ?? id}
          </button>
        ))}
      </p>
      <div role="status">
        {failure &&
          (failure.code === "channels.nothing-to-explain" ? (
            <Empty title={failure.message}>{failure.hint}</Empty>
          ) : (
            <FailureNotice what="say why" failure={failure} />
          ))}
        {drops && (
          <ul class="passages" aria-label="Not answered">
            {drops.map(({ channel, account, chat, id, sender, atMs, why, change }) => (
              <li key={`${channel} ${account} ${chat} ${id}`}>
                <small>
                  {when(atMs, now)} · {channel}:{chat} · message {id} of {sender}
                </small>
                <p>
                  <b>{why}</b> {change}
                </p>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
