import { useRef, useState } from "preact/hooks"
import { Icon } from "../../parts/icon.tsx"
import { useRowsInSight } from "../../parts/rows-in-sight.ts"
import { clockTime } from "./line.ts"
import type { Line } from "./line.ts"

interface RowProps {
  line: Line
  isOpen: boolean
  onToggle: (isOpen: boolean) => void
}

const LineRow = ({ line, isOpen, onToggle }: RowProps) => {
  const { id, level, time, subsystem, message, fields, raw } = line
  return (
    <li data-row={id} class={`log-line ${level}`}>
      <details open={isOpen} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
        <summary>
          <time title={Number.isFinite(time) ? new Date(time).toLocaleString() : undefined}>
            {clockTime(time)}
          </time>
          <span class="log-level">{level}</span>
          <span class="log-text">
            {subsystem && <b>{subsystem}</b>} {message} {fields && <small>{fields}</small>}
          </span>
        </summary>
        {isOpen && <pre>{pretty(raw)}</pre>}
      </details>
    </li>
  )
}

const pretty = (raw: string) => {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return raw
  }
}

/** Lines of the log, the newest at the end, which is followed until the person scrolls up. */
export const LogLines = ({ lines }: { lines: readonly Line[] }) => {
  const box = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const keys = lines.map(({ id }) => id)
  /** Those a person opened, out of sight as well. */
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const { from, to, beforePx, afterPx, isAtEnd, toEnd } = useRowsInSight(box, list, keys, 28)
  return (
    <div class="log">
      <div class="log-box" ref={box} tabIndex={0} role="region" aria-label="Lines of the log">
        <ul ref={list} style={{ paddingTop: `${beforePx}px`, paddingBottom: `${afterPx}px` }}>
          {lines.slice(from, to).map((line) => (
            <LineRow
              key={line.id}
              line={line}
              isOpen={opened.has(line.id)}
              onToggle={(isOpen) => {
                if (isOpen === opened.has(line.id)) return
                setOpened((before) =>
                  isOpen ? new Set([...before, line.id]) : before.difference(new Set([line.id])),
                )
              }}
            />
          ))}
        </ul>
      </div>
      {!isAtEnd && (
        <button type="button" class="plain to-newest" onClick={toEnd}>
          <Icon name="down" />
          Follow the newest
        </button>
      )}
    </div>
  )
}
