import type { Env } from "../config/paths.ts"
import { isTree, type Tree, valueAt } from "../config/path.ts"
import type { Clock } from "../kernel/clock.ts"
import { agents } from "../agents/config.ts"
import { Fault } from "../kernel/fault.ts"
import { models } from "../models/config.ts"
import { createModels } from "../models/create.ts"
import { createDiscovery } from "../models/discovery.ts"
import { createGuide } from "../models/guide.ts"
import { formatRef } from "../models/ref.ts"
import type { ModelAnswer } from "./answers.ts"

/** What came of asking a model for one word. */
export type Trial = { ok: true; ms: number } | { ok: false; fault: Fault }

const patienceSeconds = 30

const noAgents = agents.schema.parse({})

/** Calls the model as the gateway would, with what was answered and nothing written yet. */
export const tryModel = async (
  { provider, model, settings, key }: ModelAnswer,
  { composed, env, clock }: { composed: Tree | null; env: Env; clock: Clock },
): Promise<Trial> => {
  const config = models.schema.parse({
    providers: {
      [provider]: {
        ...plainSettings(valueAt(composed, ["models", "providers", provider])),
        ...settings,
        ...(key && { apiKey: key.value }),
      },
    },
    timeouts: { answerSeconds: patienceSeconds, silenceSeconds: patienceSeconds },
  })
  const ref = formatRef({ provider, model })
  const service = createModels({
    config: () => config,
    env,
    clock,
    guide: createGuide(),
    agents: () => noAgents,
    discovery: createDiscovery({ clock }),
  })
  const begun = performance.now()
  try {
    const { language } = await service.open(ref)
    const { stream } = await language.doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: "Answer with one word: ready" }] }],
      // Enough for the ones that think first, and the least that OpenAI takes.
      maxOutputTokens: 64,
    })
    for await (const part of stream) if (part.type === "error") throw part.error
    return { ok: true, ms: Math.round(performance.now() - begun) }
  } catch (error) {
    const explained = service.explain(error, { provider, model })
    if (explained instanceof Fault) return { ok: false, fault: explained }
    throw explained
  }
}

/** What a provider's settings say that is text: a reference or a list is not needed to try a key. */
const plainSettings = (written: unknown) =>
  isTree(written)
    ? Object.fromEntries(
        ["baseUrl", "api", "auth", "authHeader"].flatMap((name) =>
          written[name] === undefined ? [] : [[name, written[name]]],
        ),
      )
    : {}
