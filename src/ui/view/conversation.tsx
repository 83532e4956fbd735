import { useEffect, useRef, useState } from "preact/hooks"
import type { App } from "../app.ts"
import { Icon } from "./icon.tsx"
import { Turn } from "./turn.tsx"
import { Welcome } from "./welcome.tsx"

const nearEnd = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement) =>
  scrollHeight - scrollTop - clientHeight < 80

/** Follows the newest words, until the person scrolls up to read. */
export const Conversation = ({ app }: { app: App }) => {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  const lastTop = useRef(0)
  const [atEnd, setAtEnd] = useState(true)
  const key = app.key.value
  const { entries, loaded } = app.chat.value

  const toEnd = () => {
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight
  }
  const scrolled = () => {
    const box = scroller.current
    if (!box) return
    // Only moving up is the person's doing: content that grows leaves the end behind by itself.
    if (nearEnd(box)) following.current = true
    else if (box.scrollTop < lastTop.current) following.current = false
    lastTop.current = box.scrollTop
    setAtEnd(nearEnd(box) || following.current)
  }

  useEffect(() => {
    following.current = true
    toEnd()
  }, [key, entries.at(-1)?.sendKey])

  useEffect(() => {
    const growth = new ResizeObserver(() => following.current && toEnd())
    if (content.current) growth.observe(content.current)
    if (scroller.current) growth.observe(scroller.current)
    return () => growth.disconnect()
  }, [])

  return (
    <div class="conversation">
      <div class="scroller" ref={scroller} onScroll={scrolled}>
        <div class="column" ref={content}>
          {loaded && entries.length === 0 && <Welcome app={app} />}
          {entries.map((entry) => (
            <Turn key={entry.id} entry={entry} app={app} />
          ))}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          class="to-end"
          aria-label="Jump to the newest message"
          onClick={toEnd}
        >
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}
