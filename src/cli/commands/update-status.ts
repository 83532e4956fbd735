import { Fault } from "../../kernel/fault.ts"
import { findUpdate, type Found } from "../../update/find.ts"
import { readRecord, type UpdateRecord } from "../../update/record.ts"
import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { columns } from "../table.ts"
import { gatewayControl } from "../update-control.ts"
import { searchFor, updateFlags } from "../update-search.ts"

const { timeout: _, ...flags } = updateFlags

export const updateStatus = command({
  about: "Says which version is here, which one runs and which is offered. Changes nothing.",
  args: flags,
  examples: [["fased update status", "is there a newer version"]],
  async run(args, context) {
    const { out, paths, version } = context
    const search = await searchFor(args, context)
    const found = await findUpdate(search).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error
      return error
    })
    const gateway = await gatewayControl(context, { gateMs: 0 }).running()
    const last = readRecord(paths.state)
    const { target, channel, file, baseUrl } = search
    const source = file ?? baseUrl
    const problem = found instanceof Fault ? found : undefined
    const offered = found instanceof Fault ? undefined : { version: found.to, is: found.is }
    if (args.json) {
      const error = problem && { code: problem.code, message: problem.message, hint: problem.hint }
      return out.json({ version, binary: target, channel, source, gateway, offered, error, last })
    }
    const rows = [
      ["Version", `${version} (${target})`],
      ["Gateway", gateway ?? "not running"],
      ["Channel", channel],
      ["Releases", source ?? "nowhere; see: fased config set update.baseUrl https://…"],
      ["Offered", offered ? `${offered.version} (${verdict(offered, last)})` : "unknown"],
      ["Last update", last ? describe(last) : "none yet"],
    ].map(([name, text]) => [[name!, out.paint.muted] as const, text!])
    for (const line of columns(rows, { width: out.width })) out.print(line)
    if (problem) {
      out.note("")
      out.note(problem.message)
      if (problem.hint) out.note(problem.hint)
    } else if (offered?.is === "newer") {
      out.print()
      out.print(`Install it: ${fased(context, "update")}`)
    }
  },
})

const verdict = ({ version, is }: { version: string; is: Found["is"] }, last?: UpdateRecord) =>
  last?.outcome === "rolled-back" && last.to === version
    ? "taken back the last time"
    : { newer: "newer", current: "this one", older: "older than this one" }[is]

const outcomes = { done: "done", "rolled-back": "taken back", failed: "failed" }

const describe = ({ from, to, outcome, reason, startedAt }: UpdateRecord) => {
  const what = `${from} → ${to}, ${outcome ? outcomes[outcome] : "not finished"}, ${ago(startedAt, Date.now())}`
  return reason ? `${what}: ${reason}` : what
}
