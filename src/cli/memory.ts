import type { z } from "zod"
import type { Client } from "../client/connect.ts"
import type { status } from "../memory/methods.ts"
import { printable } from "./printable.ts"
import { type Cell, table } from "./table.ts"
import type { Output } from "./output.ts"

export type MemoryRow = z.infer<typeof status.result>["agents"][number]

export const agentFlag = {
  type: "string",
  valueHint: "id",
  description: "Agent to ask about",
} as const

export const askStatus = async (client: Client, agent: string | undefined) =>
  (await client.request("memory.status", { ...(agent && { agentId: agent }) })) as z.infer<
    typeof status.result
  >

/** A line for each agent, and below it what stands in the way. */
export const showMemory = (rows: readonly MemoryRow[], out: Output, verbose = false) => {
  const { accent, muted, warn } = out.paint
  const lines = rows.map((row): Cell[] => [
    [printable(row.agentId, 64), accent],
    row.enabled ? String(row.files ?? 0) : ["off", muted],
    String(row.chunks ?? 0),
    !row.provider
      ? ["by words", muted]
      : row.waiting
        ? [`${row.waiting} waiting`, warn]
        : "by words and meaning",
    row.provider ? printable(`${row.provider}/${row.model}`, 60) : ["none", muted],
  ])
  const heads = ["AGENT", "FILES", "PIECES", "SEARCHED", "EMBEDDINGS"]
  for (const line of table(heads, lines, { width: out.width, muted })) out.print(line)
  for (const [words, ids] of notesOf(rows, verbose))
    out.print(`${muted(`${ids.slice(0, 5).join(", ")}:`)} ${printable(words, 400)}`)
}

/** Each note once, with the agents it is about. */
const notesOf = (rows: readonly MemoryRow[], verbose: boolean) => {
  const notes = new Map<string, string[]>()
  for (const { agentId, enabled, trouble, missing, next, left = [], files } of rows) {
    if (!enabled) continue
    const words = [
      trouble,
      !trouble && missing && [missing, next].filter(Boolean).join(" "),
      files === 0 && "Nothing is remembered yet: agents write MEMORY.md and memory/*.md.",
      left.length > 0 && !verbose && `${left.length} left out; see which with --verbose`,
      ...(verbose ? left.map((one) => `left out: ${one}`) : []),
    ]
    for (const word of words) if (word) notes.getOrInsertComputed(word, () => []).push(agentId)
  }
  return notes
}
