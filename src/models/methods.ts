import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { method } from "../kernel/method.ts"
import { Fault } from "../kernel/fault.ts"
import { Log } from "../kernel/log.ts"
import { Directory } from "../sessions/directory.ts"
import { agents, defaultAgentId } from "../agents/config.ts"
import { assignmentsOf, roles } from "./assignments.ts"
import { catalogAsOf } from "./catalog.ts"
import { unknownProvider } from "./faults.ts"
import { guideProvider } from "./guide.ts"
import { inTurns, probeModel } from "./probe.ts"
import { formatRef, providerId } from "./ref.ts"
import { Models } from "./service.ts"

const cost = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
})

const entry = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  contextWindow: z.int().optional(),
  maxTokens: z.int().optional(),
  reasoning: z.boolean().optional(),
  input: z.array(z.enum(["text", "image"])).optional(),
  api: z.string().optional(),
  baseUrl: z.string().optional(),
  catalogSource: z.enum(["configured", "provider-api", "manifest"]),
  available: z.boolean(),
  runnable: z.boolean(),
  recommended: z.boolean().optional(),
  assignedRoles: z.array(z.enum(roles)).optional(),
  metadata: z
    .object({
      cost: cost.optional(),
      createdAt: z.number().optional(),
      aliases: z.array(z.string()),
      allowed: z.boolean(),
    })
    .optional(),
})

const sources = {
  configured: "configured",
  discovered: "provider-api",
  "built-in": "manifest",
} as const

export const list = method({
  name: "models.list",
  scope: "read",
  summary: "The models an agent can use.",
  params: () =>
    z.strictObject({
      all: z.boolean().optional().describe("Also those of providers that are not connected."),
      available: z.boolean().optional().describe("True: only those that can be called now."),
      provider: z.string().optional().describe("Only this provider's."),
      sessionKey: z.string().optional().describe("Session whose agent is asked for."),
      includeMetadata: z
        .boolean()
        .optional()
        .describe("Add prices, short names and whether people may choose it."),
    }),
  result: () =>
    z.object({
      models: z.array(entry),
      generatedAt: z.int(),
      agentId: z.string(),
      providers: z.array(
        z.object({
          id: z.string(),
          label: z.string(),
          available: z.boolean(),
          local: z.boolean(),
          models: z.int(),
        }),
      ),
      assignments: z.array(z.object({ role: z.enum(roles), model: z.string() })),
    }),
  example: { all: true },
  needs: { models: Models, agents, directory: Directory, clock: Clock },
  handle(params, { models, agents, directory, clock, caller }) {
    models.keepFresh()
    const { all = false, available, includeMetadata, sessionKey } = params
    const agentId = sessionKey ? directory.key(sessionKey).agentId : defaultAgentId(agents)
    const assignments = assignmentsOf(agents, models, agentId)
    const aliases = [...models.aliases()]
    const choices = new Set(models.choices().map(refOf))
    const found = models
      .list({
        all: all || available === false,
        provider: params.provider && providerId(params.provider),
      })
      .filter((model) => available === undefined || model.available === available)
    return {
      models: found.map(({ cost, origin, input, baseUrl, createdAt, ...model }) => {
        const ref = refOf(model)
        const assignedRoles = assignments.filter((one) => one.ref === ref).map(({ role }) => role)
        const known = aliases.flatMap(([alias, target]) => (target === ref ? [alias] : []))
        return {
          ...model,
          input: input && [...input],
          // Where an operator's own servers are is not for everybody.
          ...(baseUrl && caller.scopes.has("admin") && { baseUrl: withoutLogin(baseUrl) }),
          runnable: model.available,
          catalogSource: sources[origin],
          ...(assignedRoles.length && { assignedRoles: [...new Set(assignedRoles)] }),
          ...(includeMetadata && {
            metadata: { cost, createdAt, aliases: known, allowed: choices.has(ref) },
          }),
        }
      }),
      generatedAt: clock.now(),
      agentId,
      providers: models.status().map(({ provider, label, status, local, models }) => ({
        id: provider,
        label,
        available: status === "ok",
        local,
        models,
      })),
      assignments: assignments.map(({ role, ref }) => ({ role, model: ref })),
    }
  },
})

const refOf = ({ provider, id }: { provider: string; id: string }) =>
  formatRef({ provider, model: id })

const withoutLogin = (address: string) => {
  const url = new URL(address)
  url.username = url.password = url.search = ""
  return url.href
}

export const catalogStatus = method({
  name: "models.catalog.status",
  scope: "read",
  summary: "Where what is known of each provider's models comes from.",
  params: () => z.strictObject({}),
  result: () =>
    z.object({
      asOf: z.string(),
      total: z.int(),
      providers: z.array(
        z.object({
          provider: z.string(),
          label: z.string(),
          connected: z.boolean(),
          configured: z.int(),
          discovered: z.int(),
          builtIn: z.int(),
          askedAt: z.number().optional(),
        }),
      ),
    }),
  example: {},
  needs: { models: Models },
  handle(_params, { models }) {
    const providers = models.catalog()
    const total = providers.reduce(
      (sum, { configured, discovered, builtIn }) => sum + configured + discovered + builtIn,
      0,
    )
    return { asOf: catalogAsOf, total, providers }
  },
})

export const refresh = method({
  name: "models.refresh",
  scope: "write",
  summary: "Ask providers which models they have now.",
  params: () =>
    z.strictObject({
      provider: z.string().optional().describe("Only this one; default: all that are connected."),
    }),
  result: () =>
    z.object({
      providers: z.array(
        z.object({
          provider: z.string(),
          ok: z.boolean(),
          models: z.int().optional(),
          error: z.string().optional(),
          next: z.string().optional(),
        }),
      ),
    }),
  example: { provider: "ollama" },
  limit: { max: 20, windowMs: 60_000 },
  needs: { models: Models, log: Log },
  async handle({ provider }, { models, log }) {
    const asked = await models.refresh(provider)
    if (provider !== undefined && !asked.length) throw unknownProvider({ provider })
    return {
      providers: asked.map((one) => {
        if (!("error" in one)) return { ...one, ok: true }
        log.for("models").warn("a list of models could not be had", one)
        const { message, hint } =
          one.error instanceof Fault ? one.error : { message: "it failed", hint: undefined }
        return { provider: one.provider, ok: false, error: message, next: hint }
      }),
    }
  },
})

export const probe = method({
  name: "models.probe",
  scope: "write",
  summary: "Call models for one word each, to see that they answer. It costs what a word costs.",
  params: () =>
    z.strictObject({
      model: z.string().optional().describe("Only this one, as provider/model or an alias."),
      models: z.array(z.string()).min(1).max(50).optional().describe("Only these."),
      provider: z
        .string()
        .optional()
        .describe("The first model of this provider; default: of every connected one."),
      timeoutMs: z.int().min(100).max(120_000).default(15_000).describe("Wait so long for each."),
      maxTokens: z.int().min(1).max(1000).default(64).describe("Most tokens of an answer."),
      concurrency: z.int().min(1).max(8).default(2).describe("Calls side by side."),
      tool: z.boolean().default(false).describe("Also see whether it calls a tool."),
    }),
  result: () =>
    z.object({
      results: z.array(
        z.object({
          ref: z.string(),
          ok: z.boolean(),
          ms: z.number(),
          code: z.string().optional(),
          message: z.string().optional(),
          next: z.string().optional(),
        }),
      ),
    }),
  example: { model: "fased/guide" },
  limit: { max: 20, windowMs: 60_000 },
  needs: { models: Models, clock: Clock },
  async handle(params, { models, clock, signal }) {
    const { model, models: some, provider, concurrency, ...options } = params
    const named = model ? [model, ...(some ?? [])] : some
    const refs = named ? named.map(models.match) : firstOfEach(models, provider)
    if (provider !== undefined && !refs.length) throw unknownProvider({ provider })
    const ask = (ref: string) => probeModel(ref, { ...options, signal }, { models, clock })
    return { results: await inTurns(refs, concurrency, ask) }
  },
})

/** The default model where it is the provider's, else the first one listed. */
const firstOfEach = (models: Models, wanted?: string): string[] => {
  const only = wanted && providerId(wanted)
  const chosen = models.defaultRef()
  const refs = new Map<string, string>()
  for (const model of models.list({ provider: only, all: only !== undefined })) {
    if (model.provider === guideProvider) continue
    const ref = refOf(model)
    if (!refs.has(model.provider) || ref === chosen) refs.set(model.provider, ref)
  }
  return [...refs.values()]
}
