import type { Models } from "../../models/service.ts"
import type { Compaction } from "../../sessions/compaction.ts"
import type { Session } from "../../sessions/session.ts"
import type { Compactor } from "./compactor.ts"

/** Makes a session's conversation short because somebody asked for it; null when it is short already. */
export const compactByHand = async (
  session: Session,
  wish: { instructions?: string; maxLines?: number; signal?: AbortSignal },
  { compactor, models }: { compactor: Compactor; models: Models },
): Promise<Compaction | null> => {
  const { key, sessionId, agentId, overrides, contextTokens } = session
  const { instructions, maxLines, signal } = wish
  const [ref] = models.choose({ agentId, session: overrides.model }).refs
  const model = await models.open(ref, { agentId })
  const asked = {
    transcript: { key, sessionId },
    agentId,
    reason: "manual" as const,
    model,
    tokensBefore: contextTokens || undefined,
    instructions,
    signal,
  }
  if (maxLines) return compactor.truncate(asked, maxLines)
  try {
    return await compactor.compact(asked)
  } catch (error) {
    throw models.explain(error, model)
  }
}
