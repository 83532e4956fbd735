import { expect, test } from "bun:test"
import fc from "fast-check"
import { cellsOf, cut, inert, wrap } from "../../src/cli/tui/cells.ts"
import { createEditor } from "../../src/cli/tui/editor.ts"
import { createKeyReader, type Key } from "../../src/cli/tui/keys.ts"
import { createPaint } from "../../src/cli/paint.ts"
import { paintMarks } from "../../src/cli/tui/marks.ts"
import { newState } from "../../src/cli/tui/state.ts"
import { view } from "../../src/cli/tui/view.ts"

const text = fc.string({ unit: "grapheme", maxLength: 200 })

test("no line is wider than it may be, and no word is lost", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 8, max: 100 }), (written, width) => {
      const safe = inert(written)
      const lines = wrap(safe, width)
      for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(width)
      expect(cellsOf(cut(safe, width))).toBeLessThanOrEqual(width)
      expect(lines.join("").replaceAll(/\s/g, "")).toBe(safe.replaceAll(/\s/g, ""))
    }),
  )
})

test("a broken line of a list goes on below its words, and marks are painted where there are colours", () => {
  expect(wrap("- one two three", 9)).toEqual(["- one two", "  three"])
  const lines = ["# Title", "a **b", "c** `d`", "```", "x ** y", "```"]
  expect(paintMarks(lines, createPaint(false))).toEqual(lines)
  expect(paintMarks(lines, createPaint(true)).map((line) => Bun.stripANSI(line))).toEqual([
    "Title",
    "a b",
    "c d",
    "x ** y",
  ])
})

test("keys are the same however what the terminal sends is cut", () => {
  const bytes = new TextEncoder().encode(
    "héllo漢\x1b[A\x1b[200~a\rb\x1b[A\x1b[201~\x1b[5~\x7f\x1b\r\r",
  )
  const readIn = (cuts: readonly number[]) => {
    const keys: Key[] = []
    const reader = createKeyReader((key) => keys.push(key))
    const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
    at.slice(1).forEach((end, i) => reader.push(bytes.slice(at[i], end)))
    return keys.reduce<Key[]>((all, key) => {
      const last = all.at(-1)
      if (key.kind === "text" && last?.kind === "text")
        return [...all.slice(0, -1), { kind: "text", text: last.text + key.text }]
      return [...all, key]
    }, [])
  }
  const whole = readIn([])
  expect(whole).toEqual([
    { kind: "text", text: "héllo漢" },
    { kind: "key", name: "up" },
    { kind: "paste", text: "a\nb\x1b[A" },
    { kind: "key", name: "pageup" },
    { kind: "key", name: "backspace" },
    { kind: "key", name: "newline" },
    { kind: "key", name: "enter" },
  ])
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) =>
      expect(readIn(cuts)).toEqual(whole),
    ),
  )
})

test("a lone escape is the key once nothing follows it", () => {
  const keys: Key[] = []
  const reader = createKeyReader((key) => keys.push(key))
  reader.push(new TextEncoder().encode("\x1b"))
  expect(keys).toEqual([])
  expect(reader.waits).toBe(true)
  reader.flush()
  expect(keys).toEqual([{ kind: "key", name: "escape" }])
})

test("a draft is edited by whole characters, and what was sent comes back", () => {
  const editor = createEditor()
  editor.insert("a👩‍👩‍👧b")
  editor.press("left")
  editor.press("backspace")
  expect(editor.text()).toBe("ab")
  editor.press("end")
  editor.insert(" one two")
  editor.press("delete-word")
  expect(editor.take()).toBe("ab one ")
  editor.insert("draft")
  editor.press("up")
  expect(editor.text()).toBe("ab one ")
  editor.press("down")
  expect(editor.text()).toBe("draft")
})

test("every frame fits its screen, whatever was said, written and open", () => {
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 30 }),
      text,
      fc.integer({ min: 6, max: 40 }),
      fc.integer({ min: 10, max: 120 }),
      fc.boolean(),
      (said, written, rows, columns, open) => {
        const state = newState("127.0.0.1:1")
        state.blocks = said.map((text) => ({ kind: "agent", text }))
        state.connection = "connected"
        state.scroll = said.length
        if (open)
          state.menu = {
            title: "Choose",
            at: said.length ? said.length - 1 : 0,
            items: said.map((label) => ({ label, choose: () => undefined })),
          }
        const editor = createEditor()
        editor.insert(written)
        const { lines, cursor } = view(state, editor.draft, { rows, columns }, createPaint(false))
        expect(lines.length).toBeLessThanOrEqual(rows)
        for (const line of lines) expect(cellsOf(line)).toBeLessThanOrEqual(columns)
        expect(cursor.row).toBeLessThan(rows)
        expect(cursor.column).toBeLessThan(columns)
      },
    ),
  )
})
