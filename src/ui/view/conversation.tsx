import { useEffect, useRef } from "preact/hooks"
import type { App } from "../app.ts"
import type { Attention } from "../attention.ts"
import { Icon } from "../parts/icon.tsx"
import { useRowsInSight } from "../parts/rows-in-sight.ts"
import { ApprovalCard } from "./approval-card.tsx"
import type { TurnActions } from "./turn.tsx"
import { Turn } from "./turn.tsx"
import { Welcome } from "./welcome.tsx"

interface Props {
  app: App
  attention: Attention
  actions: TurnActions
}

/** Follows the newest words, until the person scrolls up to read. Only turns in sight are elements. */
export const Conversation = ({ app, attention, actions }: Props) => {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const key = app.key.value
  const { entries, loaded, hasMore } = app.chat.value
  const sight = useRowsInSight(
    scroller,
    content,
    entries.map(({ id }) => id),
  )
  const asked = attention.commands.value.filter(({ request }) => request.sessionKey === key)

  useEffect(() => sight.toEnd(), [key, entries.at(-1)?.sendKey])
  useEffect(() => {
    if (sight.isNearStart && hasMore && loaded) void app.loadOlder()
  }, [sight.isNearStart, entries.length, hasMore, loaded])

  return (
    <div class="conversation">
      <div class="scroller" ref={scroller} tabIndex={0} role="region" aria-label="Messages">
        <div class="column" ref={content}>
          {loaded && entries.length === 0 && <Welcome app={app} />}
          {hasMore && sight.from === 0 && <p class="footnote older">Reading older messages…</p>}
          <div class="gap" style={{ height: `${sight.beforePx}px` }} />
          {entries.slice(sight.from, sight.to).map((entry, at) => (
            <div key={entry.id} data-row={entry.id} class="row">
              <Turn
                entry={entry}
                isLast={sight.from + at === entries.length - 1}
                isQueued={entry.state === "streaming" && entry.id !== app.active.value?.id}
                actions={actions}
              />
            </div>
          ))}
          <div class="gap" style={{ height: `${sight.afterPx}px` }} />
          {asked.map((waiting) => (
            <ApprovalCard key={waiting.id} waiting={waiting} attention={attention} />
          ))}
        </div>
      </div>
      {!sight.isAtEnd && (
        <button
          type="button"
          class="to-end"
          aria-label="Jump to the newest message"
          onClick={sight.toEnd}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}
