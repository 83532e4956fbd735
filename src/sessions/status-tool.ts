import * as z from "zod"
import { agents } from "../agents/config.ts"
import { Clock } from "../kernel/clock.ts"
import { tool } from "../kernel/tool.ts"
import { Models } from "../models/service.ts"
import { Directory } from "./directory.ts"
import { notYourSession, unknownSession } from "./faults.ts"

export const sessionStatus = tool({
  name: "session_status",
  group: "sessions",
  label: "Session status",
  description:
    "The current time, and a session's model, tokens, age and settings; with model, switches its model from the next turn on.",
  params: () =>
    z.object({
      sessionKey: z.string().max(512).optional().describe("Another session; default: this one."),
      model: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .optional()
        .describe("Model to use from now on, or default. Only when you are asked to."),
    }),
  needs: { directory: Directory, clock: Clock, models: Models, agents },
  async run({ sessionKey: wanted, model }, context) {
    const { directory, clock, models, agents, owner, agentId, sessionKey } = context
    const { key, agentId: whose } = directory.key(wanted ?? sessionKey)
    // Others hear of their own conversation and steer none.
    if (key !== sessionKey && (!owner || whose !== agentId)) throw notYourSession({ key })
    if (model && !owner) throw notYourSession({ key })
    const found = await directory.find(key)
    if (!found) throw unknownSession({ key })
    const asked = model?.toLowerCase() === "default" ? null : model && models.check(model)
    const changed =
      asked === undefined ? found : await directory.patch(key, { overrides: { model: asked } })
    const session = changed ?? found
    const { overrides } = session
    const timezone =
      agents.defaults.userTimezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    return {
      now: new Date(clock.now()).toISOString(),
      localTime: localTime(clock.now(), timezone),
      timezone,
      sessionKey: key,
      label: session.label ?? undefined,
      agentId: session.agentId,
      model: models.choose({ agentId: session.agentId, session: overrides.model }).refs[0],
      lastModel: session.model ? `${session.provider}/${session.model}` : undefined,
      overrides: Object.keys(overrides).length ? overrides : undefined,
      messages: await directory.size(session.sessionId),
      inputTokens: session.inputTokens,
      outputTokens: session.outputTokens,
      contextTokens: session.contextTokens,
      compactions: session.compactions,
      startedAt: new Date(session.createdAt).toISOString(),
      updatedAt: new Date(session.updatedAt).toISOString(),
    }
  },
})

const localTime = (at: number, timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long", timeZone }).format(at)
