import { readFileSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

/** What a gateway takes in one request, with room for the marks around. */
const mostBytes = 20_000_000

export const sessionsImport = command({
  about: "Makes a session of an exported transcript. With one bad line nothing is written.",
  args: {
    file: { type: "positional", required: true, description: "What fased sessions export wrote" },
    key: { type: "string", valueHint: "key", description: "Key of the new session" },
    agent: { type: "string", valueHint: "id", description: "Agent it is for" },
    "dry-run": { type: "boolean", description: "Only check the file" },
    ...gatewayFlags,
  },
  examples: [
    ["fased sessions import main.jsonl --key agent:main:before", "beside the one that is there"],
  ],
  async run({ file, key, agent, "dry-run": dryRun, ...args }, context) {
    const { out } = context
    const lines = read(resolve(file)).split("\n")
    const result = await withGateway(args, context, async (client, target) => {
      const params = { lines, ...(key && { key }), ...(agent && { agentId: agent }) }
      const answer = await client.request("sessions.import", {
        ...params,
        ...(dryRun && { dryRun }),
      })
      noteTarget(target, context)
      return answer
    })
    if (args.json) return out.json(result)
    const { key: made = "", messages = 0 } = result as { key?: string; messages?: number }
    const what = `${messages} messages ${dryRun ? "would make" : "make"} ${printable(made, 120)}`
    out.print(`${out.paint.good(dryRun ? "good" : "imported")} ${what}`)
  },
})

const read = (path: string) => {
  const shown = printable(path, 200)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isFile())
    throw usage({ problem: `There is no file ${shown}.`, hint: "Look at how it is spelled." })
  if (stats.size > mostBytes)
    throw usage({
      problem: `${shown} is larger than the ${mostBytes / 1e6} MB a gateway takes at once.`,
      hint: "Leave out lines from the end: what is left is a transcript too.",
    })
  return readFileSync(path, "utf8")
}
