import { z } from "zod"
import { formatPath } from "../config/path.ts"
import { Paths } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { Clock } from "../kernel/clock.ts"
import { method, pathFor } from "../kernel/method.ts"
import { describeRef, type SecretUse } from "../kernel/secret.ts"
import { providerId } from "./ref.ts"
import { Models } from "./service.ts"

const entry = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  contextWindow: z.int().optional(),
  maxTokens: z.int().optional(),
  reasoning: z.boolean().optional(),
  input: z.array(z.enum(["text", "image"])).optional(),
  catalogSource: z.enum(["configured", "manifest"]),
  available: z.boolean(),
  assignedRoles: z.array(z.enum(["primary"])).optional(),
  metadata: z
    .object({
      cost: z
        .object({
          input: z.number(),
          output: z.number(),
          cacheRead: z.number(),
          cacheWrite: z.number(),
        })
        .optional(),
    })
    .optional(),
})

export const list = method({
  name: "models.list",
  scope: "read",
  summary: "The models an agent can use.",
  params: z.strictObject({
    all: z.boolean().optional().describe("Also those of providers that are not connected."),
    available: z.boolean().optional().describe("True: only those that can be called now."),
    provider: z.string().optional().describe("Only this provider's."),
    sessionKey: z.string().optional().describe("The session asked for; all see the same models."),
    includeMetadata: z.boolean().optional().describe("Add prices where they are known."),
  }),
  result: z.object({ models: z.array(entry), generatedAt: z.int() }),
  example: { all: true },
  needs: { models: Models, clock: Clock },
  handle({ all = false, available, provider, includeMetadata }, { models, clock }) {
    const chosen = models.defaultRef()
    const found = models.list({
      all: all || available === false,
      provider: provider && providerId(provider),
    })
    return {
      models: found
        .filter((model) => available === undefined || model.available === available)
        .map(({ cost, origin, ...model }) => ({
          ...model,
          catalogSource: origin === "configured" ? ("configured" as const) : ("manifest" as const),
          ...(`${model.provider}/${model.id}` === chosen && {
            assignedRoles: ["primary" as const],
          }),
          ...(includeMetadata && { metadata: { cost } }),
        })),
      generatedAt: clock.now(),
    }
  },
})

export const authStatus = method({
  name: "models.auth.status",
  scope: "read",
  summary: "Which model providers are connected, and where their keys come from.",
  params: z.strictObject({}),
  result: z.object({
    storePath: z.string(),
    warnAfterMs: z.int(),
    providers: z.array(
      z.object({
        provider: z.string(),
        status: z.enum(["static", "missing"]),
        effective: z.object({
          kind: z.enum(["env", "models.json", "local", "missing"]),
          detail: z.string(),
        }),
        profiles: z.array(z.never()),
        next: z.string().optional(),
      }),
    ),
  }),
  example: {},
  needs: { models: Models, paths: Paths, settings: Settings },
  handle: (_params, { models, paths, settings, caller }) => ({
    storePath: pathFor(caller, paths.config),
    warnAfterMs: day,
    providers: models.status().map(({ provider, status, source, detail, next }) => ({
      provider,
      // Keys do not expire; what does, tokens, comes with logins.
      status: status === "ok" ? ("static" as const) : ("missing" as const),
      effective: {
        kind: kinds[source],
        detail: source === "config" ? keptAt(provider, settings.current().refs, detail) : detail,
      },
      profiles: [],
      next,
    })),
  }),
})

/** Where the key itself is, when the setting only refers to it. */
const keptAt = (provider: string, refs: readonly SecretUse[], setting: string) => {
  const path = formatPath(["models", "providers", provider, "apiKey"])
  const found = refs.find((use) => use.path === path)
  return found ? `a reference (${describeRef(found.ref)})` : setting
}

/** The same method under the name older clients call. */
export const authStatusOld = method({
  ...authStatus,
  name: "models.authStatus",
  older: true,
})

/** Credentials that run out within a day are worth a warning. */
const day = 24 * 60 * 60 * 1000

const kinds = {
  config: "models.json",
  env: "env",
  "none-needed": "local",
  missing: "missing",
} as const
