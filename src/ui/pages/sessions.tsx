import { useState } from "preact/hooks"
import type { SessionRow } from "../frames.ts"
import { useNow } from "../now.ts"
import { Action } from "../parts/action.tsx"
import { Empty, FailureNotice, Loading } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { SearchField } from "../parts/search-field.tsx"
import { Select } from "../parts/select.tsx"
import { Table } from "../parts/table.tsx"
import type { Column } from "../parts/table.tsx"
import { useResource } from "../resource.ts"
import type { PageProps } from "../routes.ts"
import { RenameDialog } from "../view/rename-dialog.tsx"
import { Findings } from "../view/session-findings.tsx"
import { cleanUp } from "../view/sessions/session-deeds.ts"
import { SessionDialog } from "../view/sessions/session-dialog.tsx"
import { useSessions } from "../view/sessions/use-sessions.ts"
import { amount, counted, modelName, sessionTitle, when } from "../words.ts"

export const SessionsPage = ({ gateway, router }: PageProps) => {
  const now = useNow()
  const { list, failure, isRead, load, more } = useSessions(gateway)
  const [shown, show] = useState<string>()
  const [renamed, rename] = useState<string>()
  const agents = useResource(gateway, () => gateway.call("agents.list"), {
    events: ["config.changed"],
  }).value?.agents
  const rows = list.rows.value
  const rowOf = (key?: string) => rows.find((row) => row.key === key)
  const open = (key: string) => router.go(`?${new URLSearchParams({ session: key })}`)
  const isFiltered = Boolean(list.search.value || list.agentId.value)

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
    { title: "Agent", isMinor: true, cell: ({ agentId }) => agentId },
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

  const chosen = rowOf(shown)
  const toRename = rowOf(renamed)
  return (
    <>
      <PageHead
        title="Sessions"
        about="Every conversation that is kept, whoever began it and wherever it is held."
      >
        {gateway.may("admin") && (
          <Action what="clean up" act={() => cleanUp(gateway)}>
            Clean up
          </Action>
        )}
      </PageHead>
      <div class="page-body">
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
            {agents && agents.length > 1 && (
              <Select
                label="Agent"
                value={list.agentId.value ?? ""}
                options={[
                  { value: "", label: "Every agent" },
                  ...agents.map(({ id, name }) => ({ value: id, label: name ?? id })),
                ]}
                onChange={(id) => {
                  list.agentId.value = id || undefined
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
              label="Conversations"
              rows={rows}
              total={list.matching.value}
              keyOf={({ key }) => key}
              columns={columns}
              onEnd={() => void more()}
            />
          )}
        </section>
        {list.search.value && (
          <Findings gateway={gateway} words={list.search.value} onChoose={open} />
        )}
      </div>
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
    </>
  )
}
