import { batch, computed, signal } from "@preact/signals"
import type { Caller } from "./app.ts"
import type { SessionList, SessionRow } from "./frames.ts"
import { modelName } from "./words.ts"

export const pageSize = 100

const byRecent = (a: SessionRow, b: SessionRow) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0)

/** The conversations beside the chat: the newest ones, more of them on demand, or those that match. */
export const createSessionList = (caller: () => Caller | undefined) => {
  const rows = signal<SessionRow[]>([])
  const total = signal(0)
  /** How many there are of those asked for. */
  const matching = signal(0)
  const next = signal<number | null>(null)
  const defaultModel = signal<string>()
  /** Words in the key, the name or the title. */
  const search = signal("")
  const agentId = signal<string>()
  let readings = 0

  const read = async (offset: number) => {
    const mine = ++readings
    const filter = {
      ...(search.value && { search: search.value }),
      ...(agentId.value && { agentId: agentId.value }),
    }
    const params = { limit: pageSize, offset, ...filter }
    const page = await caller()?.request<SessionList>("sessions.list", params)
    // What was asked for since then is what counts.
    if (!page || mine !== readings) return
    batch(() => {
      const before = offset ? rows.value : []
      const known = new Set(before.map(({ key }) => key))
      rows.value = [...before, ...page.sessions.filter(({ key }) => !known.has(key))].toSorted(
        byRecent,
      )
      next.value = page.nextOffset ?? null
      matching.value = page.totalCount ?? page.count
      if (!filter.search && !filter.agentId) total.value = page.totalCount ?? page.count
      if (page.defaults?.model) defaultModel.value = modelName(page.defaults)
    })
  }

  return {
    rows,
    total,
    matching,
    search,
    agentId,
    defaultModel,
    hasMore: computed(() => next.value !== null),
    load: () => read(0),
    /** Takes in a row that none of the pages read so far has, where reading anew would lose them. */
    put(row: SessionRow, isNew: boolean) {
      batch(() => {
        rows.value = [row, ...rows.value].toSorted(byRecent)
        if (!isNew) return
        total.value += 1
        matching.value += 1
        if (next.value) next.value += 1
      })
    },
    async more() {
      if (next.value !== null) await read(next.value)
    },
    /** Takes in what `sessions.changed` says of a row. False when the list has to be read anew. */
    heard({ session, reason }: { session?: SessionRow; reason?: string }) {
      const before = rows.value.find(({ key }) => key === session?.key)
      if (!session || !before) return false
      const others = rows.value.filter((row) => row !== before)
      if (reason === "delete") {
        batch(() => {
          rows.value = others
          total.value -= 1
          matching.value -= 1
          if (next.value) next.value -= 1
        })
        return true
      }
      rows.value = [{ ...before, ...session }, ...others].toSorted(byRecent)
      return true
    },
  }
}

export type SessionListing = ReturnType<typeof createSessionList>
