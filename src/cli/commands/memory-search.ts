import type { z } from "zod"
import type { search } from "../../memory/methods.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { agentFlag } from "../memory.ts"
import { printable } from "../printable.ts"

export const memorySearch = command({
  about: "Searches what an agent remembers, as the agent would.",
  args: {
    text: { type: "positional", required: false, description: "What to look for" },
    query: { type: "string", valueHint: "text", description: "The same as a flag, which wins" },
    agent: { ...agentFlag, description: "Whose memory; default: the default agent's" },
    "max-results": { type: "string", valueHint: "n", description: "At most this many" },
    "min-score": { type: "string", valueHint: "0..1", description: "Leave out what fits less" },
    ...gatewayFlags,
  },
  examples: [['fased memory search "gate code"', "where it was written down"]],
  async run(given, context) {
    const { text, query, agent, "max-results": most, "min-score": least, ...args } = given
    const { out } = context
    const wanted = (query ?? text)?.trim()
    if (!wanted)
      throw usage({
        problem: "There is nothing to search for.",
        hint: 'For example: fased memory search "gate code"',
      })
    const minScore = least === undefined ? undefined : Number(least)
    if (minScore !== undefined && !(least?.trim() && minScore >= 0 && minScore <= 1))
      throw usage({ problem: `--min-score cannot be "${least}".`, hint: "It is from 0 to 1." })
    const result = (await withGateway(args, context, (client) =>
      client.request("memory.search", {
        query: wanted,
        ...(agent && { agentId: agent }),
        ...(most && { maxResults: wholeNumber("--max-results", most, { min: 1, max: 50 }) }),
        ...(minScore !== undefined && { minScore }),
      }),
    )) as z.infer<typeof search.result>
    if (args.json) return out.json(result)
    const { accent, muted } = out.paint
    for (const { citation, score, snippet } of result.results) {
      out.print(`${accent(printable(citation, 200))} ${muted(score.toFixed(2))}`)
      for (const line of snippet.split("\n"))
        if (line.trim()) out.print(`  ${printable(line, 200)}`)
      out.print("")
    }
    if (!result.results.length) out.print("Nothing like it is remembered.")
    if (result.note) out.note(out.notePaint.muted(result.note))
  },
})
