import { useState } from "preact/hooks"
import { useFirstOf } from "../../first-of.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { useNow } from "../../now.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { ShowMore } from "../../parts/show-more.tsx"
import { Table } from "../../parts/table.tsx"
import { toast } from "../../parts/toast.tsx"
import { counted, sessionTitle, when } from "../../words.ts"
import { AgentFilter } from "../agent-filter.tsx"

type Archived = Result<"sessions.archives.list">["archives"][number]

const reasons: Record<Archived["reason"], string> = {
  deleted: "archived by hand",
  reset: "begun afresh",
  pruned: "not used for long",
}

const titleOf = ({ key, title }: Archived) => sessionTitle({ key, title })

interface Props {
  gateway: Gateway
  /** One is a conversation again, under this key. */
  onRestored: (key: string) => void
}

/** Conversations out of use, which can be taken up again. */
export const ArchivedSessions = ({ gateway, onRestored }: Props) => {
  const now = useNow()
  const [search, setSearch] = useState("")
  const [agentId, chooseAgent] = useState<string>()
  const { list, more } = useFirstOf(
    gateway,
    async (wanted) => {
      const filter = { ...(agentId && { agentId }), ...(search && { search }) }
      const { archives, total } = await gateway.call("sessions.archives.list", {
        ...filter,
        ...wanted,
      })
      return { rows: archives, total }
    },
    { of: [search, agentId] },
  )
  const restore = async (archived: Archived) => {
    const { key } = await gateway.call("sessions.archives.restore", {
      sessionId: archived.sessionId,
    })
    toast(`“${titleOf(archived)}” is back.`)
    onRestored(key)
  }
  return (
    <section aria-label="Archived">
      <div class="toolbar">
        <SearchField
          label="Search what is archived"
          placeholder="Name or key"
          onSearch={setSearch}
        />
        <AgentFilter gateway={gateway} value={agentId} onChange={chooseAgent} />
        <p class="toolbar-note" role="status">
          {list.value && counted(list.value.total, "conversation")}
        </p>
      </div>
      <Known resource={list} what="what is archived">
        {({ rows, total }) =>
          rows.length === 0 ? (
            <Empty title={search ? "Nothing archived is called that." : "Nothing is archived."}>
              {!search && "What is archived, and what was said before a fresh start, waits here."}
            </Empty>
          ) : (
            <>
              <Table
                label="Archived conversations"
                rows={rows}
                total={total}
                keyOf={({ sessionId }) => sessionId}
                columns={[
                  {
                    title: "Conversation",
                    cell: (row) => (
                      <span class="row-title">
                        <b>{titleOf(row)}</b>
                        <small>{row.key}</small>
                      </span>
                    ),
                  },
                  { title: "Agent", isMinor: true, cell: (row) => row.agentId },
                  { title: "Why", isMinor: true, cell: ({ reason }) => reasons[reason] },
                  { title: "When", align: "end", cell: (row) => when(row.archivedAt, now) },
                  {
                    title: "Actions",
                    align: "end",
                    cell: (row) =>
                      gateway.may("admin") && (
                        <Action
                          class="quiet"
                          what="bring it back"
                          label={`Bring back ${titleOf(row)}`}
                          act={() => restore(row)}
                        >
                          Bring back
                        </Action>
                      ),
                  },
                ]}
              />
              <ShowMore shown={rows.length} total={total} onMore={more} />
            </>
          )
        }
      </Known>
    </section>
  )
}
