import { expect, test } from "bun:test"
import type { SessionRow } from "../../src/ui/frames.ts"
import { createSessionList } from "../../src/ui/session-list.ts"

/** A gateway with so many sessions, the newest with the highest number. */
const listOf = (count: number) => {
  const rows = Array.from({ length: count }, (_, at) => rowOf(count - at))
  const asked: object[] = []
  const list = createSessionList(() => ({
    request: async <T>(_: string, params?: object) => {
      asked.push(params!)
      const { limit, offset } = params as { limit: number; offset: number }
      const sessions = rows.slice(offset, offset + limit)
      const end = offset + sessions.length
      const nextOffset = end < rows.length ? end : null
      return { count: sessions.length, totalCount: rows.length, nextOffset, sessions } as T
    },
  }))
  const keys = () => list.rows.value.map(({ key }) => key)
  return { list, rows, asked, keys }
}
const rowOf = (at: number): SessionRow => ({ key: `s${at}`, updatedAt: at })

test("a session that is deleted leaves the list, and the next page misses none for it", async () => {
  const { list, rows, asked, keys } = listOf(250)
  await list.load()
  rows.splice(10, 1)
  expect(list.heard({ session: rowOf(240), reason: "delete" })).toBe(true)
  expect(list.matching.value).toBe(249)
  await list.more()
  expect(asked.at(-1)).toMatchObject({ offset: 99 })
  expect(keys()).toEqual(rows.slice(0, 199).map(({ key }) => key))
})

test("a session that is made while a list is read comes to its top, and is there once", async () => {
  const { list, rows, keys } = listOf(250)
  await list.load()
  const made = rowOf(900)
  rows.unshift(made)
  expect(list.heard({ session: made, reason: "create" })).toBe(false)
  list.put(made, true)
  const moved = { ...rowOf(1), updatedAt: 901 }
  list.put(moved, false)
  expect(keys().slice(0, 3)).toEqual(["s1", "s900", "s250"])
  expect(list.matching.value).toBe(251)
  await list.more()
  await list.more()
  expect(new Set(keys()).size).toBe(251)
  expect(keys().length).toBe(251)
  expect(list.hasMore.value).toBe(false)
})
