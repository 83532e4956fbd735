import type { LanguageModelV4StreamPart } from "@ai-sdk/provider"
import { agents as agentsSection } from "../../src/agents/config.ts"
import { type Clock, systemClock } from "../../src/kernel/clock.ts"
import type { ModelAuth } from "../../src/models/auth/service.ts"
import { models as section } from "../../src/models/config.ts"
import { createModels } from "../../src/models/create.ts"
import { createDiscovery, type Discovery } from "../../src/models/discovery.ts"
import { createGuide } from "../../src/models/guide.ts"

interface Setting {
  /** As written in the config file. */
  config?: unknown
  env?: Record<string, string>
  clock?: Clock
  defaultModel?: string
  /** The `agents` section as written. */
  agents?: unknown
  discovery?: Discovery
  auth?: () => ModelAuth
}

/** The models service with a config as a person would write it. */
export const modelsFor = ({
  config = {},
  env = {},
  clock = systemClock,
  defaultModel,
  agents = defaultModel === undefined ? {} : { defaults: { model: defaultModel } },
  discovery = createDiscovery({ clock }),
  auth,
}: Setting) => {
  const parsed = section.schema.parse(config)
  const agentsParsed = agentsSection.schema.parse(agents)
  return createModels({
    config: () => parsed,
    env,
    clock,
    guide: createGuide(),
    agents: () => agentsParsed,
    discovery,
    auth,
  })
}

export const says = (text: string) => [
  { role: "user" as const, content: [{ type: "text" as const, text }] },
]

export const collect = async (stream: ReadableStream<LanguageModelV4StreamPart>) => {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

export const textOf = (parts: LanguageModelV4StreamPart[]) =>
  parts.map((part) => (part.type === "text-delta" ? part.delta : "")).join("")

export const partOf = <T extends LanguageModelV4StreamPart["type"]>(
  parts: LanguageModelV4StreamPart[],
  type: T,
) =>
  parts.find((part): part is Extract<LanguageModelV4StreamPart, { type: T }> => part.type === type)

/** What the first failure was, wherever it showed. */
export const failureOf = async (
  start: () => PromiseLike<{ stream: ReadableStream<LanguageModelV4StreamPart> }>,
): Promise<unknown> => {
  try {
    const { stream } = await start()
    for await (const part of stream) if (part.type === "error") return part.error
  } catch (error) {
    return error
  }
  throw new Error("it did not fail")
}
