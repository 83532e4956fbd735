import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { agents, type AgentsConfig, defaultAgentId } from "../agents/config.ts"
import { holds } from "../kernel/method.ts"
import { route } from "../kernel/route.ts"
import { type Embedder, Embedders } from "../memory/embedders.ts"
import { Endpoints } from "./config.ts"
import { badRequest, noEmbedder, notFullRights, unknownModel } from "./faults.ts"
import { openAiError } from "./refusal.ts"
import { parseBody } from "./request-body.ts"
import { headerOf, requireAgent } from "./target.ts"

const body = onFirstUse(() =>
  z.object({
    model: z
      .string()
      .max(200)
      .nullish()
      .describe("`fased`, `fased/<agent>`, or a model of the provider that makes embeddings."),
    input: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)])
      .describe("One text, or several."),
    encoding_format: z.enum(["float", "base64"]).nullish(),
    dimensions: z.int().min(1).nullish().describe("Shorten the vectors to so many numbers."),
    user: z.string().nullish(),
  }),
)

export const createEmbeddings = route({
  method: "POST",
  path: "/v1/embeddings",
  summary: "Vectors for texts, by whoever makes them for the agent's memory.",
  body,
  result: () =>
    z.object({
      object: z.literal("list"),
      data: z.array(z.unknown()),
      model: z.string(),
      usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
    }),
  needs: { endpoints: Endpoints, agents, embedders: Embedders },
  enabled: ({ endpoints }) => endpoints.chatCompletions.enabled,
  longest: ({ endpoints }) => endpoints.chatCompletions.maxBodyBytes,
  refuse: openAiError,
  async handle({ body: read, request, caller, signal, hold, agents, embedders }) {
    const parsed = parseBody(body(), await read())
    if ("refused" in parsed) return parsed.refused
    const { model, input, encoding_format: format, dimensions } = parsed.body
    const { agentId, named } = readModel(model ?? "", request.headers, agents)
    if (named && !holds(caller.scopes, "admin")) throw notFullRights()
    const embedder = pick(embedders, agentId, named)
    hold()
    const texts = typeof input === "string" ? [input] : input
    const vectors = await embedder.embed(texts, { purpose: "document", signal })
    const cut = dimensions ?? vectors[0]!.length
    if (cut > vectors[0]!.length)
      throw badRequest({ param: "dimensions", problem: `at most ${vectors[0]!.length} here` })
    return Response.json({
      object: "list",
      data: vectors.map((vector, index) => ({
        object: "embedding",
        index,
        embedding: encoded(shortened(vector, cut), format ?? "float"),
      })),
      model: model || embedder.model,
      // Providers count tokens in many ways, and some not at all; the books have what they said.
      usage: { prompt_tokens: 0, total_tokens: 0 },
    })
  },
})

const readModel = (model: string, headers: Headers, agents: AgentsConfig) => {
  const [, agent] = /^(?:fased|openclaw|agent)[:/](.+)$/i.exec(model) ?? []
  const chosen = agent ?? headerOf(headers, "agent-id") ?? headerOf(headers, "agent")
  const agentId = requireAgent(chosen ?? defaultAgentId(agents), agents)
  const isOurs = agent !== undefined || !model || /^(?:fased|openclaw)$/i.test(model)
  return { agentId, ...(!isOurs && { named: model }) }
}

/** A model may be named with the provider that makes embeddings, and with no other. */
const pick = (embedders: Embedders, agentId: string, named: string | undefined): Embedder => {
  const usual = embedders.of(agentId)
  if ("missing" in usual) throw noEmbedder(usual.missing)
  if (named === undefined) return usual
  const start = `${usual.provider}/`
  if (named.includes("/") && !named.startsWith(start)) throw unknownModel({ model: named })
  const found = embedders.of(agentId, named.startsWith(start) ? named.slice(start.length) : named)
  if ("missing" in found) throw noEmbedder(found.missing)
  return found
}

/** The first numbers of a vector, brought to length one again. */
const shortened = (vector: Float32Array, dimensions: number) => {
  if (dimensions === vector.length) return vector
  const cut = vector.slice(0, dimensions)
  const length = Math.hypot(...cut) || 1
  return cut.map((number) => number / length)
}

const encoded = (vector: Float32Array, format: "float" | "base64") =>
  format === "float"
    ? [...vector]
    : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64")
