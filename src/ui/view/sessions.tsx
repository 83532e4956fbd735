import type { App } from "../app.ts"
import type { SessionRow } from "../frames.ts"
import { sessionTitle, when, withoutMarks } from "../words.ts"
import { Icon } from "./icon.tsx"

interface Props {
  app: App
  now: number
  /** A choice was made; on a phone the list goes away. */
  onChoose: () => void
}

/** The open session is listed even before the gateway knows it. */
const rows = (app: App): SessionRow[] => {
  const listed = app.sessions.value
  const open = app.key.value
  return listed.some(({ key }) => key === open) ? listed : [{ key: open }, ...listed]
}

export const Sessions = ({ app, now, onChoose }: Props) => (
  <nav aria-label="Conversations">
    <button
      type="button"
      class="new"
      onClick={() => {
        app.startSession()
        onChoose()
      }}
    >
      <Icon name="plus" />
      New conversation
    </button>
    <ul class="sessions">
      {rows(app).map((row) => (
        <li key={row.key}>
          <button
            type="button"
            aria-current={row.key === app.key.value ? "true" : undefined}
            title={row.key}
            onClick={() => {
              app.select(row.key)
              onChoose()
            }}
          >
            <span class="session-title">{sessionTitle(row)}</span>
            {row.hasActiveRun || row.status === "running" ? (
              <span class="session-live">answering</span>
            ) : (
              row.updatedAt && <time>{when(row.updatedAt, now)}</time>
            )}
            {row.lastMessagePreview && (
              <span class="session-last">{withoutMarks(row.lastMessagePreview)}</span>
            )}
          </button>
        </li>
      ))}
    </ul>
  </nav>
)
