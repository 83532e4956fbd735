import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"

const shownAtFirst = 100

interface Entry {
  id: string
  title: string
  note: string
}

interface Props {
  label: string
  entries: readonly Entry[]
  chosen?: string
  onChoose: (id: string) => void
  /** What stands beside the list. */
  children: ComponentChildren
}

/** Files to choose from, and beside them the one that was chosen. */
export const FileList = ({ label, entries, chosen, onChoose, children }: Props) => {
  const [most, setMost] = useState(shownAtFirst)
  return (
    <div class="with-list">
      <nav aria-label={label} class="file-list">
        {entries.slice(0, most).map(({ id, title, note }) => (
          <button
            key={id}
            type="button"
            aria-current={id === chosen ? "true" : undefined}
            onClick={() => onChoose(id)}
          >
            <b>{title}</b>
            <small>{note}</small>
          </button>
        ))}
        {entries.length > most && (
          <button type="button" class="link" onClick={() => setMost(most + shownAtFirst)}>
            {entries.length - most} more
          </button>
        )}
      </nav>
      {children}
    </div>
  )
}
