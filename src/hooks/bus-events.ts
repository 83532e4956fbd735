import type { HookEvent } from "../kernel/hook-event.ts"

const phases = new Set(["start", "end", "error"])
const reasons = new Set(["create", "patch", "reset", "delete"])

/** What an event of the gateway is to a hook; nothing for most. */
export const hookEventOf = (
  kind: string,
  payload: Record<string, unknown>,
  now: number,
): HookEvent | undefined => {
  const { sessionKey, agentId } = payload as { sessionKey?: string; agentId?: string }
  const base = { ...(sessionKey && { sessionKey }), timestamp: now }
  switch (kind) {
    case "agent": {
      const { stream, data, runId } = payload as {
        stream: string
        data: { phase?: string }
        runId: string
      }
      if (stream !== "lifecycle" || !phases.has(data.phase ?? "")) return undefined
      return { type: "agent", action: data.phase!, ...base, context: { ...data, runId, agentId } }
    }
    case "sessions.changed": {
      const { reason, sessionId, previousSessionId } = payload
      if (typeof reason !== "string" || !reasons.has(reason)) return undefined
      const context = {
        sessionId,
        agentId,
        ...(previousSessionId !== undefined && { previousSessionId }),
      }
      return { type: "session", action: reason, ...base, context }
    }
    case "outbox.settled": {
      const { channel, account, state, messageIds, error } = payload
      const context = {
        channelId: channel,
        accountId: account,
        success: state === "sent",
        messageIds,
        error,
      }
      return { type: "message", action: "sent", ...base, context }
    }
    default:
      return undefined
  }
}
