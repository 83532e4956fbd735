import { agentName, useAgents } from "../agents.ts"
import type { App } from "../app.ts"
import type { SessionRow } from "../frames.ts"
import type { Gateway } from "../gateway.ts"
import { Icon } from "../parts/icon.tsx"
import { SearchField } from "../parts/search-field.tsx"
import type { Seen } from "../seen.ts"
import { sessionTitle, when, withoutMarks } from "../words.ts"
import { Findings } from "./session-findings.tsx"

interface Props {
  app: App
  gateway: Gateway
  seen: Seen
  now: number
  /** A choice was made; on a phone the list goes away. */
  onChoose: () => void
}

/** The open session is listed even before the gateway knows it, unless something else is looked for. */
const rows = (app: App): SessionRow[] => {
  const { rows: listed, search, agentId } = app.list
  const open = app.key.value
  const isKnown = listed.value.some(({ key }) => key === open)
  return isKnown || search.value || agentId.value ? listed.value : [{ key: open }, ...listed.value]
}

export const Sessions = ({ app, gateway, seen, now, onChoose }: Props) => {
  const { search, agentId, hasMore } = app.list
  const agents = useAgents(gateway).value?.agents
  const isFiltered = Boolean(search.value || agentId.value)
  const reload = () => app.attempt("load the conversations", app.list.load)

  const choose = (key: string) => {
    app.select(key)
    onChoose()
  }
  const listed = rows(app)
  return (
    <nav aria-label="Conversations">
      <button
        type="button"
        class="new"
        onClick={() => {
          app.startSession(agentId.value)
          onChoose()
        }}
      >
        <Icon name="plus" />
        New conversation
      </button>
      <SearchField
        label="Search conversations"
        initial={search.value}
        onSearch={(words) => {
          search.value = words
          void reload()
        }}
      />
      {agents && agents.length > 1 && (
        <label class="agents">
          <span class="hidden">Agent</span>
          <select
            value={agentId.value ?? ""}
            onChange={({ currentTarget }) => {
              agentId.value = currentTarget.value || undefined
              void reload()
            }}
          >
            <option value="">Every agent</option>
            {agents.map((agent) => (
              <option key={agent.id} value={agent.id}>
                {agentName(agent)}
              </option>
            ))}
          </select>
        </label>
      )}
      <ul class="sessions">
        {listed.map((row) => (
          <li key={row.key}>
            <Session
              row={row}
              now={now}
              isOpen={row.key === app.key.value}
              isNew={row.key !== app.key.value && seen.isNew(row)}
              onChoose={() => choose(row.key)}
            />
          </li>
        ))}
      </ul>
      {listed.length === 0 && isFiltered && <p class="footnote">No conversation is called that.</p>}
      {hasMore.value && (
        <button
          type="button"
          class="link more"
          onClick={() => void app.attempt("load more conversations", app.list.more)}
        >
          Show more
        </button>
      )}
      {search.value && <Findings gateway={gateway} words={search.value} onChoose={choose} />}
    </nav>
  )
}

interface SessionProps {
  row: SessionRow
  now: number
  isOpen: boolean
  /** Something was said there since it was last on screen. */
  isNew: boolean
  onChoose: () => void
}

const Session = ({ row, now, isOpen, isNew, onChoose }: SessionProps) => (
  <button
    type="button"
    class={isNew ? "unread" : undefined}
    aria-current={isOpen ? "true" : undefined}
    title={row.key}
    onClick={onChoose}
  >
    <span class="session-title">
      {isNew && <span class="hidden">Unread: </span>}
      {sessionTitle(row)}
    </span>
    {row.hasActiveRun || row.status === "running" ? (
      <span class="session-live">answering</span>
    ) : (
      row.updatedAt && <time>{when(row.updatedAt, now)}</time>
    )}
    {row.lastMessagePreview && (
      <span class="session-last">{withoutMarks(row.lastMessagePreview)}</span>
    )}
  </button>
)
