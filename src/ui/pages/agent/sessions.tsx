import { useEffect, useState } from "preact/hooks"
import { useNow } from "../../now.ts"
import { Empty, FailureNotice, Loading } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { Table } from "../../parts/table.tsx"
import { RenameDialog } from "../../view/rename-dialog.tsx"
import { SessionDialog } from "../../view/sessions/session-dialog.tsx"
import { useSessions } from "../../view/sessions/use-sessions.ts"
import { counted, modelName, sessionTitle, when } from "../../words.ts"
import type { TabProps } from "./tabs.ts"

/** The conversations that one agent has. */
export const SessionsTab = ({ gateway, router, agent: { id } }: TabProps) => {
  const now = useNow()
  const { list, failure, isRead, load, more } = useSessions(gateway)
  const [shown, show] = useState<string>()
  const [renamed, rename] = useState<string>()
  useEffect(() => {
    list.agentId.value = id
    void load()
  }, [id])
  // Those of others are there for as long as the first reading takes.
  const rows = list.rows.value.filter(({ agentId }) => agentId === id)
  const chosen = rows.find(({ key }) => key === shown)
  const toRename = rows.find(({ key }) => key === renamed)
  const open = (key: string) => router.go(`?${new URLSearchParams({ session: key })}`)
  return (
    <section aria-label="Conversations">
      <div class="toolbar">
        <SearchField
          label="Search conversations"
          placeholder="Name, key or words that were said"
          onSearch={(words) => {
            list.search.value = words
            void load()
          }}
        />
        <p class="toolbar-note" role="status">
          {isRead && counted(list.matching.value, "conversation")}
        </p>
      </div>
      {failure && (
        <FailureNotice
          what="read the conversations"
          failure={failure}
          onRetry={() => void load()}
        />
      )}
      {!isRead && <Loading what="the conversations" />}
      {isRead && rows.length === 0 && !failure && (
        <Empty
          title={list.search.value ? "No conversation is called that." : "Nothing was said yet."}
        />
      )}
      {rows.length > 0 && (
        <Table
          label="Conversations of this agent"
          rows={rows}
          total={list.matching.value}
          keyOf={({ key }) => key}
          onEnd={() => void more()}
          columns={[
            {
              title: "Conversation",
              cell: (row) => (
                <button type="button" class="row-title" onClick={() => show(row.key)}>
                  <b>{sessionTitle(row)}</b>
                  <small>{row.key}</small>
                </button>
              ),
            },
            { title: "Model", isMinor: true, cell: (row) => modelName(row) ?? "" },
            {
              title: "Active",
              align: "end",
              cell: ({ hasActiveRun, updatedAt }) =>
                hasActiveRun ? (
                  <span class="live">answering</span>
                ) : (
                  updatedAt && when(updatedAt, now)
                ),
            },
            {
              title: "Actions",
              isMinor: true,
              align: "end",
              cell: (row) => (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Open ${sessionTitle(row)} in the chat`}
                  onClick={() => open(row.key)}
                >
                  Open
                </button>
              ),
            },
          ]}
        />
      )}
      {chosen && !toRename && (
        <SessionDialog
          gateway={gateway}
          row={chosen}
          now={now}
          onOpen={() => open(chosen.key)}
          onRename={() => rename(chosen.key)}
          onClose={() => show(undefined)}
        />
      )}
      {toRename && (
        <RenameDialog gateway={gateway} row={toRename} onClose={() => rename(undefined)} />
      )}
    </section>
  )
}
