import { command } from "../../kernel/command.ts"
import { Models } from "../../models/service.ts"
import { Directory } from "../../sessions/directory.ts"
import { compactByHand } from "./by-hand.ts"
import { Compactor } from "./compactor.ts"

export const compactCommand = command({
  name: "compact",
  description: "Make this conversation short; what was said stays in the transcript.",
  usage: "[what the summary has to keep]",
  authority: "owner",
  native: false,
  needs: { directory: Directory, compactor: Compactor, models: Models },
  async run(args, { directory, compactor, models, sessionKey, signal }) {
    const session = await directory.find(sessionKey)
    const wish = { instructions: args.slice(0, 4000) || undefined, signal }
    const done = session && (await compactByHand(session, wish, { compactor, models }))
    if (!done) return { say: "There is nothing to compact here yet." }
    const { tokensBefore, tokensAfter } = done
    return {
      say: `🧹 Compacted: about ${count(tokensBefore)} tokens are now ${count(tokensAfter)}.`,
    }
  },
})

const count = (tokens: number) => (tokens < 1000 ? `${tokens}` : `${(tokens / 1000).toFixed(1)}k`)
