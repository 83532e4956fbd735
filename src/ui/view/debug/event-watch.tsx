import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { Empty } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { clockTime } from "../logs/line.ts"

interface Heard {
  id: number
  at: number
  name: string
  text: string
}

const most = 300
const drawMs = 100

/** Every event this browser is sent, the newest first. */
export const EventWatch = ({ gateway }: { gateway: Gateway }) => {
  const [events, setEvents] = useState<readonly Heard[]>([])
  const [words, setWords] = useState("")
  const [isPaused, setPaused] = useState(false)
  const paused = useRef(isPaused)
  paused.current = isPaused

  useEffect(() => {
    let last = 0
    let waiting: Heard[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      timer = undefined
      const more = waiting.toReversed()
      waiting = []
      setEvents((before) => [...more, ...before].slice(0, most))
    }
    const end = gateway.onAny((name, payload) => {
      if (paused.current) return
      waiting.push({ id: ++last, at: Date.now(), name, text: JSON.stringify(payload) ?? "" })
      timer ??= setTimeout(draw, drawMs)
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [gateway])

  const shown = useMemo(() => {
    const wanted = words.toLowerCase()
    return events.filter(({ name, text }) => `${name} ${text}`.toLowerCase().includes(wanted))
  }, [events, words])

  return (
    <section aria-labelledby="events">
      <h2 id="events">Events</h2>
      <div class="toolbar">
        <SearchField
          label="Only events with these words"
          placeholder="A name, or words in them"
          onSearch={setWords}
        />
        <button
          type="button"
          class="quiet"
          aria-pressed={isPaused}
          onClick={() => setPaused(!isPaused)}
        >
          {isPaused ? "Go on" : "Pause"}
        </button>
        <button type="button" class="quiet" onClick={() => setEvents([])}>
          Clear
        </button>
      </div>
      {shown.length === 0 ? (
        <Empty title={events.length ? "No event is like that." : "No event came yet."}>
          {!events.length && "They show here as this browser is sent them."}
        </Empty>
      ) : (
        <div class="events" tabIndex={0} role="region" aria-label="Events that came">
          <ul>
            {shown.map((event) => (
              <EventRow key={event.id} {...event} />
            ))}
          </ul>
        </div>
      )}
    </section>
  )
}

const EventRow = ({ at, name, text }: Heard) => {
  const [isOpen, setOpen] = useState(false)
  return (
    <li class="log-line">
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <time>{clockTime(at)}</time>
          <b>{name}</b>
          <small>{text.slice(0, 200)}</small>
        </summary>
        {isOpen && <pre>{JSON.stringify(JSON.parse(text || "null"), null, 2)}</pre>}
      </details>
    </li>
  )
}
