import { useState } from "preact/hooks"
import { longCall } from "../../long-call.ts"
import type { Result } from "../../methods.ts"
import { useNow } from "../../now.ts"
import { Action } from "../../parts/action.tsx"
import { Fact } from "../../parts/fact.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty, FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { useUndertaking } from "../../undertaking.ts"
import { FileList } from "../../view/agent/file-list.tsx"
import { TextEditor } from "../../view/agent/text-editor.tsx"
import { bytes, when } from "../../words.ts"
import type { TabProps } from "./tabs.ts"

type Found = Result<"memory.search">
type Status = Result<"memory.status">["agents"][number]

/** What an agent remembers: looked for, read and corrected. */
export const MemoryTab = ({ gateway, agent: { id: agentId } }: TabProps) => {
  const now = useNow()
  const [chosen, choose] = useState("MEMORY.md")
  const status = useResource(gateway, () => gateway.call("memory.status", { agentId }), {
    events: ["config.changed"],
  })
  const list = useResource(gateway, () => gateway.call("agents.memory.list", { agentId }))
  return (
    <>
      <Known resource={status} what="how the memory is">
        {({ agents: [row] }) => row && <Standing row={row} />}
      </Known>
      <Search gateway={gateway} agentId={agentId} onChoose={choose} />
      <section aria-labelledby="notes">
        <div class="section-head">
          <h2 id="notes">Notes</h2>
          {gateway.may("write") && status.value?.agents[0]?.enabled && (
            <Action
              class="quiet"
              what="read the notes anew"
              act={async () => {
                await longCall(gateway, "memory.index", { agentId })
                status.reload()
                list.reload()
                toast("The notes are read anew.")
              }}
            >
              Read them anew
            </Action>
          )}
        </div>
        <Known resource={list} what="the notes">
          {({ files }) => {
            const shown = files.some(({ path }) => path === chosen)
              ? files
              : [{ path: chosen, size: 0, updatedAtMs: 0, editable: true }, ...files]
            const file = shown.find(({ path }) => path === chosen)!
            const isMine = gateway.may("admin") && file.editable
            return (
              <FileList
                label="Notes"
                entries={shown.map(({ path, size, updatedAtMs }) => ({
                  id: path,
                  title: path,
                  note: updatedAtMs ? `${bytes(size)}, ${when(updatedAtMs, now)}` : "not there yet",
                }))}
                chosen={chosen}
                onChoose={choose}
              >
                <TextEditor
                  key={chosen}
                  gateway={gateway}
                  id={`${agentId}/${chosen}`}
                  title={chosen}
                  note={file.editable ? undefined : "lies elsewhere, and is only read"}
                  read={async () => {
                    const { content = "", updatedAtMs } = await gateway.call("agents.memory.get", {
                      agentId,
                      path: chosen,
                    })
                    return { content, updatedAtMs }
                  }}
                  save={
                    isMine
                      ? (text) =>
                          gateway.call("agents.memory.set", { agentId, path: chosen, ...text })
                      : undefined
                  }
                  onSaved={list.reload}
                />
              </FileList>
            )
          }}
        </Known>
      </section>
    </>
  )
}

const Standing = ({ row }: { row: Status }) => {
  const { enabled, provider, model, missing, next, chunks = 0, files = 0 } = row
  // Only who knows meanings has something to wait for.
  const waiting = provider ? (row.waiting ?? 0) : 0
  if (!enabled)
    return (
      <Empty title="This agent does not look anything up in its memory.">
        Its notes stay. Switch it on with agents.defaults.memorySearch.enabled.
      </Empty>
    )
  return (
    <>
      <dl class="fact-grid">
        <Fact name="Notes" note={`${chunks} passages`}>
          {files}
        </Fact>
        <Fact name="Found by" note={provider && `${provider}/${model}`}>
          {provider ? "words and meaning" : "words"}
        </Fact>
        <Fact
          name="State"
          isOdd={row.trouble !== undefined}
          note={row.trouble ?? (waiting ? `${waiting} passages wait` : undefined)}
        >
          {row.trouble ? "needs a look" : waiting ? "being read" : "up to date"}
        </Fact>
      </dl>
      {!provider && <p class="section-about">{[missing, next].join(" ")}</p>}
    </>
  )
}

interface SearchProps extends Pick<TabProps, "gateway"> {
  agentId: string
  onChoose: (path: string) => void
}

const Search = ({ gateway, agentId, onChoose }: SearchProps) => {
  const [query, setQuery] = useState("")
  const search = useUndertaking(async (signal, words: string): Promise<Found | undefined> => {
    if (!words.trim()) return undefined
    return longCall(gateway, "memory.search", { agentId, query: words }, { signal })
  })
  const { isBusy, failure, value: found } = search
  return (
    <section aria-labelledby="look">
      <h2 id="look">What does it know about …</h2>
      <form
        class="inline-form"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          void search.start(query)
        }}
      >
        <input
          type="search"
          aria-label="Search the memory"
          placeholder="the hose, last week’s decision"
          value={query}
          onInput={({ currentTarget }) => setQuery(currentTarget.value)}
        />
        <button type="submit" class="plain">
          Search
        </button>
      </form>
      {isBusy && <Progress text="Searching" onCancel={search.giveUp} />}
      {failure && <FailureNotice what="search the memory" failure={failure} />}
      {found && !found.results.length && (
        <Empty title="It remembers nothing of the kind.">{found.note}</Empty>
      )}
      {found && found.results.length > 0 && (
        <ul class="passages" aria-label="Passages">
          {found.results.map(({ path, startLine, endLine, snippet }) => (
            <li key={`${path}:${startLine}`}>
              <button type="button" class="link" onClick={() => onChoose(path)}>
                {path}, lines {startLine}–{endLine}
              </button>
              <p>{snippet}</p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
