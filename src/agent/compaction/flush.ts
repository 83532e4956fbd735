import type { LanguageModelV4Message } from "@ai-sdk/provider"
import type { AgentsConfig } from "../../agents/config.ts"
import type { OpenModel } from "../../models/service.ts"
import type { Message } from "../../sessions/message.ts"
import { contextBudget, readEarlier, roomOf, withinBudget } from "../context.ts"
import { meteredCall } from "../metered-call.ts"
import type { Answer } from "../model-call.ts"
import type { Task, Workshop } from "../task.ts"
import { toPrompt } from "../transcript.ts"

/** Model calls for one flush. */
const mostSteps = 8
const groups: ReadonlySet<string> = new Set(["fs", "memory"])

type FlushSettings = AgentsConfig["defaults"]["compaction"]["memoryFlush"]

/**
 * A silent turn before a conversation is made short: the agent writes down what should outlast it.
 * It reads the conversation, has its file and memory tools, and what it says is dropped.
 */
export const flushMemory = async (
  {
    task,
    model,
    settings,
    signal,
  }: {
    task: Task
    model: OpenModel
    settings: FlushSettings
    signal: AbortSignal
  },
  shop: Workshop,
): Promise<void> => {
  const { agentId, session, standing, workspace, runId } = task
  const offered = shop.toolbox.offered({ ...standing, model })
  const known = new Map(shop.toolbox.all.map(({ name, group }) => [name, group]))
  const tools = offered.filter(({ name }) => groups.has(known.get(name) ?? ""))
  // Where nothing can be written there is nothing to flush to.
  if (!tools.some(({ name }) => name === "write")) return

  const { text: system } = await shop.briefing({
    agentId,
    sessionKey: session.key,
    tools: tools.map(({ name }) => name),
    model,
    instructions: settings.systemPrompt ?? silent,
  })
  const budget = contextBudget(roomOf(model, shop.config().defaults), system.length)
  const { summary, entries } = await readEarlier(session.sessionId, { budget }, shop)
  const earlier = entries.map(({ message }) => message)
  const now = shop.clock.now()
  const own: Message[] = [
    { role: "user", content: settings.prompt ?? request(now), timestamp: now },
  ]
  const prompt = (): LanguageModelV4Message[] => [
    { role: "system", content: system },
    ...toPrompt([...(summary ? [summary] : []), ...withinBudget(earlier, own, budget)], model),
  ]
  const { key: sessionKey, sessionId } = session
  const call = meteredCall(shop, { kind: "memory-flush", agentId, sessionKey, sessionId, runId })
  for (let step = 0; step < mostSteps; step++) {
    const answer: Answer = { parts: [], calls: [], stopReason: "other" }
    await call(
      model,
      {
        prompt: prompt(),
        tools: tools.map(({ name, description, parameters }) => ({
          type: "function",
          name,
          description,
          inputSchema: parameters,
        })),
        abortSignal: signal,
      },
      answer,
      { text() {}, thinking() {} },
    )
    if (!answer.calls.length) return
    const { provider } = model
    own.push({ role: "assistant", content: answer.parts, provider, timestamp: shop.clock.now() })
    for (const { id, name, input } of answer.calls) {
      const { ok, text } = await shop.toolbox.run(name, input, {
        ...standing,
        model,
        workspace,
        signal,
        runId,
        toolCallId: id,
      })
      own.push({
        role: "toolResult",
        toolCallId: id,
        toolName: name,
        content: [{ type: "text", text }],
        isError: !ok,
        timestamp: shop.clock.now(),
      })
    }
  }
}

const silent = `This turn is for your notes alone; nobody reads what you say. Write, then answer NO_REPLY.`

const request = (
  now: number,
) => `This conversation is about to be shortened. Before that, save what should be remembered and is not written down yet: facts, decisions, promises, things under way.
Add it to memory/${new Date(now).toISOString().slice(0, 10)}.md; keep what is there. If there is nothing worth saving, write nothing. Then answer NO_REPLY.`
