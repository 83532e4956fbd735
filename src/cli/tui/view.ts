import type { Paint } from "../paint.ts"
import { cellsOf, cut, inert, wrap } from "./cells.ts"
import type { Draft } from "./editor.ts"
import { paintMarks } from "./marks.ts"
import type { Frame } from "./screen.ts"
import type { Block, State } from "./state.ts"

interface Size {
  rows: number
  columns: number
}

const mostInput = 6
const mostMenu = 10

const marks: Record<Block["kind"], string> = { you: "› ", agent: "  ", note: "· ", error: "! " }

/** Lines of a block, kept as long as it stands and the width is the same. */
const wrapped = new WeakMap<Block, { width: number; lines: string[] }>()

const linesOf = (block: Block, width: number, paint: Paint) => {
  const known = wrapped.get(block)
  if (known?.width === width) return known.lines
  const text = wrap(inert(block.text), width - 2)
  const lines = (block.kind === "agent" ? paintMarks(text, paint) : text).map(
    (line, row) => `${row === 0 ? marks[block.kind] : "  "}${line}`,
  )
  wrapped.set(block, { width, lines })
  return lines
}

/** The whole screen as it should be: where one is, the conversation, what is going on, what is written. */
export const view = (state: State, draft: Draft, { rows, columns }: Size, paint: Paint): Frame => {
  const paintOf: Record<Block["kind"], (text: string) => string> = {
    you: paint.accent,
    agent: (text) => text,
    note: paint.muted,
    error: paint.bad,
  }
  const input = inputLines(draft, columns)
  const menu = menuLines(state, columns, Math.min(mostMenu, Math.max(2, rows - 6)), paint)
  const room = Math.max(1, rows - 2 - input.lines.length - menu.length)
  const talk = state.blocks.flatMap((block, at) => [
    // What is told in passing stands together.
    ...(at > 0 && !(block.kind === "note" && state.blocks[at - 1]!.kind === "note") ? [""] : []),
    ...linesOf(block, columns, paint).map(paintOf[block.kind]),
  ])
  // What is asked for beyond the beginning is the beginning.
  state.scroll = Math.min(state.scroll, Math.max(0, talk.length - room))
  const end = talk.length - state.scroll
  const shown = talk.slice(Math.max(0, end - room), end)
  const lines = [
    paint.heading(cut(header(state), columns)),
    ...shown,
    ...Array.from({ length: room - shown.length }, () => ""),
    ...menu,
    footer(state, columns, paint),
    ...input.lines,
  ]
  const inputRow = lines.length - input.lines.length
  return {
    lines: lines.slice(0, rows),
    cursor: { row: Math.min(rows - 1, inputRow + input.row), column: input.column },
  }
}

const header = ({ where, session, model }: State) =>
  ["fased", session, model, where].filter(Boolean).map(inert).join(" · ")

const footer = (state: State, columns: number, paint: Paint) => {
  const { connection, trouble, approvals, running, doing, scroll } = state
  const line = (text: string) => cut(inert(text).replaceAll("\n", " "), columns)
  if (connection !== "connected")
    return paint.warn(
      line(connection === "lost" ? `Not connected, trying again: ${trouble}` : "Connecting …"),
    )
  const [first] = approvals
  if (first)
    return paint.warn(
      line(
        `${approvals.length === 1 ? "A command waits" : `${approvals.length} commands wait`} for your answer (Ctrl-O): ${first.request.command}`,
      ),
    )
  if (scroll) return paint.muted(line(`${scroll} lines below · Page Down`))
  if (running.size) return paint.muted(line(`${doing || "At work"} … Esc stops it`))
  return paint.muted(
    line("Enter sends · /help · /sessions · /models · Tab completes · Ctrl-C leaves"),
  )
}

const menuLines = ({ menu }: State, columns: number, most: number, paint: Paint) => {
  if (!menu) return []
  const from = Math.max(0, Math.min(menu.at - most + 2, menu.items.length - most + 1))
  const shown = menu.items.slice(from, from + most - 1)
  const wide = Math.min(columns / 2, Math.max(...shown.map(({ label }) => cellsOf(inert(label)))))
  const items = shown.map(({ label, about }, row) => {
    const chosen = from + row === menu.at
    const name = inert(label)
    const gap = " ".repeat(Math.max(0, wide - cellsOf(name)) + 2)
    const line = `${chosen ? "> " : "  "}${name}${about ? `${gap}${inert(about)}` : ""}`
    const text = cut(line.replaceAll("\n", " "), columns)
    return chosen ? paint.accent(text) : text
  })
  return [paint.heading(cut(inert(menu.title), columns)), ...items]
}

/** The draft in lines of its own, scrolled so that the cursor is seen. */
const inputLines = ({ chars, at }: Draft, columns: number) => {
  const width = Math.max(2, columns - 3)
  const lines: string[] = [""]
  let [row, column] = [0, 0]
  let cells = 0
  chars.forEach((char, index) => {
    if (index === at) [row, column] = [lines.length - 1, cells]
    const size = cellsOf(inert(char))
    if (char === "\n" || cells + size > width) {
      lines.push("")
      cells = 0
    }
    if (char === "\n") return
    if (index === at) [row, column] = [lines.length - 1, cells]
    lines[lines.length - 1] += inert(char)
    cells += size
  })
  if (at >= chars.length) [row, column] = [lines.length - 1, cells]
  const from = Math.max(0, Math.min(row, lines.length - mostInput))
  const shown = lines.slice(from, from + mostInput)
  return {
    lines: shown.map((line, index) => `${from + index === 0 ? "> " : "  "}${line}`),
    row: row - from,
    column: column + 2,
  }
}
