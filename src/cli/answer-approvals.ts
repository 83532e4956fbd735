import { createInterface } from "node:readline/promises"
import type { Client } from "../client/connect.ts"
import { shortId, tellWhole, type Waiting } from "./approvals.ts"
import type { Context } from "./command.ts"
import { printable } from "./printable.ts"

/** Asks the person at the terminal about commands that are theirs, one after the other. */
export const answerApprovals = (
  client: Client,
  {
    isMine,
    context,
  }: { isMine: (runId: string | undefined) => boolean; context: Pick<Context, "out"> },
) => {
  const { out } = context
  const open = new Map<string, AbortController>()
  let before = Promise.resolve()

  client.on("exec.approval.resolved", (payload) => open.get((payload as Waiting).id)?.abort())
  client.on("exec.approval.requested", (payload) => {
    const waiting = payload as Waiting & { request: { runId?: string } }
    if (!isMine(waiting.request.runId))
      return out.note(
        `\nAnother turn waits with a command: fased approvals show ${shortId(waiting.id)}`,
      )
    const over = new AbortController()
    open.set(waiting.id, over)
    before = before
      .then(() => answer(waiting, over.signal))
      .catch((error: Error) => out.note(printable(error.message)))
      .finally(() => open.delete(waiting.id))
  })

  const answer = async (waiting: Waiting, over: AbortSignal) => {
    if (over.aborted) return
    out.print()
    tellWhole(waiting, context)
    const mayAlways = waiting.request.allowedDecisions?.includes("allow-always") ?? false
    const decision = await ask(mayAlways, over)
    if (!decision) return out.note("\nIt was answered elsewhere.")
    await client.request("exec.approval.resolve", { id: waiting.id, decision })
  }
}

/** The answer somebody types; nothing when the question is over before. */
const ask = async (mayAlways: boolean, over: AbortSignal) => {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  terminal.on("SIGINT", () => process.emit("SIGINT"))
  const choices = mayAlways ? "[y]es, [a]lways, [N]o" : "[y]es, [N]o"
  try {
    const typed = await terminal.question(`\n  Run it? ${choices} `, { signal: over })
    if (mayAlways && /^a(lways)?$/i.test(typed.trim())) return "allow-always"
    return /^y(es)?$/i.test(typed.trim()) ? "allow-once" : "deny"
  } catch (error) {
    if (over.aborted) return undefined
    throw error
  } finally {
    terminal.close()
  }
}
