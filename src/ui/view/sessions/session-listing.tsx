import { useEffect, useState } from "preact/hooks"
import type { AgentRow } from "../../agents.ts"
import type { SessionRow } from "../../frames.ts"
import { useNow } from "../../now.ts"
import { Empty, FailureNotice, Loading } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { Table } from "../../parts/table.tsx"
import type { Column } from "../../parts/table.tsx"
import { chatOf } from "../../router.ts"
import type { PageProps } from "../../routes.ts"
import { amount, counted, modelName, sessionTitle, when } from "../../words.ts"
import { AgentFilter } from "../agent-filter.tsx"
import { RenameDialog } from "../rename-dialog.tsx"
import { Findings } from "../session-findings.tsx"
import { SessionDialog } from "./session-dialog.tsx"
import { useSessions } from "./use-sessions.ts"

interface Props extends Pick<PageProps, "gateway" | "router"> {
  /** Only this one's; without it everyone's are listed. */
  agent?: AgentRow
}

/** The conversations that are kept: found, looked at, and opened in the chat. */
export const SessionListing = ({ gateway, router, agent }: Props) => {
  const now = useNow()
  const { list, failure, isRead, load, more } = useSessions(gateway, agent?.id)
  const [shown, show] = useState<string>()
  const [isRenaming, setRenaming] = useState(false)
  const rows = list.rows.value
  const chosen = rows.find(({ key }) => key === shown)
  const open = (key: string) => router.go(chatOf(key))
  const isFiltered = Boolean(list.search.value || (!agent && list.agentId.value))

  useEffect(() => setRenaming(false), [shown])

  const columns: Column<SessionRow>[] = [
    {
      title: "Conversation",
      cell: (row) => (
        <button type="button" class="row-title" onClick={() => show(row.key)}>
          <b>{sessionTitle(row)}</b>
          <small>{row.key}</small>
        </button>
      ),
    },
    ...(agent
      ? []
      : [{ title: "Agent", isMinor: true as const, cell: (row: SessionRow) => row.agentId }]),
    { title: "Model", isMinor: true, cell: (row) => modelName(row) ?? "" },
    {
      title: "Context",
      isMinor: true,
      align: "end",
      cell: ({ totalTokens }) => (totalTokens ? amount(totalTokens) : ""),
    },
    {
      title: "Active",
      align: "end",
      cell: ({ hasActiveRun, updatedAt }) =>
        hasActiveRun ? <span class="live">answering</span> : updatedAt && when(updatedAt, now),
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
  ]
  return (
    <>
      <section aria-label="All of them">
        <div class="toolbar">
          <SearchField
            label="Search conversations"
            placeholder="Name, key or words that were said"
            onSearch={(words) => {
              list.search.value = words
              void load()
            }}
          />
          {!agent && (
            <AgentFilter
              gateway={gateway}
              value={list.agentId.value}
              onChange={(id) => {
                list.agentId.value = id
                void load()
              }}
            />
          )}
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
          <Empty title={isFiltered ? "No conversation is called that." : "Nothing was said yet."}>
            {!isFiltered && "Conversations from the chat and from every channel are listed here."}
          </Empty>
        )}
        {rows.length > 0 && (
          <Table
            label={agent ? "Conversations of this agent" : "Conversations"}
            rows={rows}
            total={list.matching.value}
            keyOf={({ key }) => key}
            columns={columns}
            onEnd={() => void more()}
          />
        )}
      </section>
      {list.search.value && (
        <Findings gateway={gateway} words={list.search.value} agentId={agent?.id} onChoose={open} />
      )}
      {chosen && !isRenaming && (
        <SessionDialog
          gateway={gateway}
          row={chosen}
          now={now}
          onOpen={() => open(chosen.key)}
          onRename={() => setRenaming(true)}
          onClose={() => show(undefined)}
        />
      )}
      {chosen && isRenaming && (
        <RenameDialog gateway={gateway} row={chosen} onClose={() => setRenaming(false)} />
      )}
    </>
  )
}
