import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { writeFileAtomic } from "../../store/files.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable, printableJson } from "../printable.ts"
import { sessionArgument } from "../sessions.ts"

interface Part {
  sessionId?: string
  lines?: string[]
  next?: number | null
  lastId?: string | null
}

export const sessionsExport = command({
  about: "Writes a session's transcript as lines of JSON: a header, then one for each message.",
  args: {
    key: sessionArgument,
    out: { type: "string", valueHint: "file", description: "Into this file, for your eyes only" },
    force: { type: "boolean", description: "Also over a file that is there" },
    ...gatewayFlags,
  },
  examples: [
    ["fased sessions export main --out main.jsonl", "into a file"],
    ["fased sessions export main | grep heron", "to a program"],
  ],
  async run({ key, out: file, force, ...args }, context) {
    const { out } = context
    const path = file && resolve(file)
    if (path && existsSync(path) && !force)
      throw usage({
        problem: `${printable(path, 200)} is there already.`,
        hint: "Choose another name, or add --force to write over it.",
      })
    const lines: string[] = []
    await withGateway(args, context, async (client) => {
      let part: Part = { next: 0 }
      while (typeof part.next === "number") {
        const { next, sessionId, lastId } = part
        const place = { ...(sessionId && { sessionId }), ...(lastId && { parentId: lastId }) }
        part = (await client.request("sessions.export", { key, after: next, ...place })) as Part
        if (path || args.json) lines.push(...(part.lines ?? []))
        else for (const line of part.lines ?? []) out.print(printableJson(JSON.parse(line)))
      }
    })
    if (path) writeFileAtomic(path, `${lines.join("\n")}\n`)
    if (args.json) return out.json(path ? { file: path, messages: lines.length - 1 } : { lines })
    if (path) out.print(`${out.paint.good("exported")} ${lines.length - 1} messages to ${path}`)
  },
})
