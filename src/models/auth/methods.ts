import * as z from "zod"
import { formatPath } from "../../config/path.ts"
import { Paths } from "../../config/paths.ts"
import { Settings } from "../../config/settings.ts"
import { Clock } from "../../kernel/clock.ts"
import { method, pathFor } from "../../kernel/method.ts"
import { describeRef, type SecretUse } from "../../kernel/secret.ts"
import { providerId } from "../ref.ts"
import { Models, type ProviderStatus } from "../service.ts"
import { loginIncomplete, noLogin, unknownProfile } from "./faults.ts"
import { type Health, healthOf, unusable, warnAfterMs } from "./health.ts"
import type { Profile } from "./profile.ts"
import { agentOf, agentParam, profileNamed } from "./requests.ts"
import { ModelAuth } from "./service.ts"

const health = z.enum(["ok", "expiring", "refresh-required", "expired", "missing", "static"])

const profile = z.object({
  profileId: z.string(),
  provider: z.string(),
  type: z.enum(["oauth", "token", "api_key"]),
  status: health,
  label: z.string(),
  agentId: z.string().describe("The agent it belongs to; the main agent's serve all."),
  expiresAt: z.number().optional(),
  remainingMs: z.number().optional(),
  source: z.literal("store"),
  unusableKind: z.enum(["cooldown", "disabled"]).optional(),
  unusableUntil: z.number().optional(),
  unusableReason: z.string().optional(),
})

export const authStatus = method({
  name: "models.auth.status",
  scope: "read",
  summary: "Which model providers are connected, and where their keys come from.",
  params: () => z.strictObject({ agentId: agentParam }),
  result: () =>
    z.object({
      storePath: z.string(),
      warnAfterMs: z.int(),
      providers: z.array(
        z.object({
          provider: z.string(),
          status: health,
          expiresAt: z.number().optional(),
          remainingMs: z.number().optional(),
          effective: z.object({
            kind: z.enum(["profiles", "env", "models.json", "local", "missing"]),
            detail: z.string(),
          }),
          profiles: z.array(profile),
          next: z.string().optional(),
          login: z.string().optional().describe("How people sign in there, where they can."),
        }),
      ),
    }),
  example: {},
  needs: { models: Models, auth: ModelAuth, clock: Clock, paths: Paths, settings: Settings },
  handle({ agentId }, { models, auth, clock, paths, settings, caller }) {
    const now = clock.now()
    const agent = agentOf(agentId, auth)
    const { refs } = settings.current()
    const providers = models.status()
    const known = new Set(providers.map(({ provider }) => provider))
    const stored = [...new Set(auth.book.of(agent).map(({ provider }) => provider))]
    const others = stored.filter((provider) => !known.has(provider)).map(uncatalogued)
    return {
      storePath: pathFor(caller, paths.database),
      warnAfterMs,
      providers: [...providers, ...others].map(({ provider, status, source, detail, next }) => {
        const login = loginLabel(provider, auth)
        const profiles = auth.book.ordered(agent, provider).map((one) => shown(one, now))
        const best = bestOf(profiles)
        if (best) {
          const { status, expiresAt, remainingMs } = best
          const detail = profiles.map(({ profileId }) => profileId).join(", ")
          const effective = { kind: "profiles" as const, detail }
          return { provider, status, expiresAt, remainingMs, effective, profiles, next, login }
        }
        const place = source === "config" ? keptAt(provider, refs, detail) : detail
        const effective = { kind: kinds[source], detail: place }
        const plain = status === "ok" ? ("static" as const) : ("missing" as const)
        return { provider, status: plain, effective, profiles, next, login }
      }),
    }
  },
})

/** Undefined where nobody can sign in, or something that takes is not set. */
const loginLabel = (provider: string, auth: ModelAuth) => {
  try {
    return auth.login(provider).label
  } catch (error) {
    if (noLogin.is(error) || loginIncomplete.is(error)) return undefined
    throw error
  }
}

/** The same method under the name older clients call. */
export const authStatusOld = method({ ...authStatus, name: "models.authStatus", older: true })

/** A provider that has a profile and nothing else here. */
const uncatalogued = (
  provider: string,
): Pick<ProviderStatus, "provider" | "status" | "source" | "detail" | "next"> => ({
  provider,
  status: "missing",
  source: "missing",
  detail: "no such provider is known",
})

const kinds = {
  // Of other agents alone: this one has none.
  profiles: "missing",
  config: "models.json",
  env: "env",
  "none-needed": "local",
  missing: "missing",
} as const

const shown = (one: Profile, now: number): z.infer<typeof profile> => {
  const { id: profileId, provider, agentId, email, credential } = one
  const expiresAt = "expires" in credential ? credential.expires : undefined
  const rest = unusable(one, now)
  return {
    profileId,
    provider,
    agentId,
    type: credential.type,
    status: healthOf(one, now),
    label: email && !profileId.endsWith(email) ? `${profileId} (${email})` : profileId,
    ...(expiresAt !== undefined && { expiresAt, remainingMs: Math.max(0, expiresAt - now) }),
    source: "store",
    ...(rest && {
      unusableKind: rest.kind,
      unusableUntil: rest.until,
      unusableReason: rest.reason,
    }),
  }
}

const ranks: readonly Health[] = [
  "ok",
  "static",
  "expiring",
  "refresh-required",
  "expired",
  "missing",
]

const bestOf = (profiles: readonly z.infer<typeof profile>[]) =>
  profiles.toSorted((a, b) => ranks.indexOf(a.status) - ranks.indexOf(b.status))[0]

/** Where the key itself is, when the setting only refers to it. */
const keptAt = (provider: string, refs: readonly SecretUse[], setting: string) => {
  const path = formatPath(["models", "providers", provider, "apiKey"])
  const found = refs.find((use) => use.path === path)
  return found ? `a reference (${describeRef(found.ref)})` : setting
}

const orderParams = z.strictObject({
  provider: z.string().min(1).max(64).describe("Provider whose profiles are meant."),
  agentId: agentParam,
})
const order = z.object({
  provider: z.string(),
  agentId: z.string(),
  order: z.array(z.string()).nullable().describe("As set for this agent; null when it is not."),
  effective: z.array(z.string()).describe("As they are tried now."),
})

const orderNow = (
  { provider, agentId }: { provider: string; agentId?: string },
  auth: ModelAuth,
) => {
  const id = providerId(provider)
  const agent = agentOf(agentId, auth)
  const order = auth.book.choice(agent, id)?.order
  return {
    provider: id,
    agentId: agent,
    order: order ? [...order] : null,
    effective: auth.book.ordered(agent, id).map((one) => one.id),
  }
}

export const getOrder = method({
  name: "models.auth.order.get",
  scope: "read",
  summary: "In which order the profiles of a provider are tried.",
  params: () => orderParams,
  result: () => order,
  example: { provider: "openai" },
  needs: { auth: ModelAuth },
  handle: (params, { auth }) => orderNow(params, auth),
})

export const setOrder = method({
  name: "models.auth.order.set",
  scope: "admin",
  summary: "Set the order in which the profiles of a provider are tried, and which are.",
  params: () =>
    orderParams.extend({
      order: z.array(z.string().max(256)).min(1).max(64).describe("Profiles, the first in front."),
    }),
  result: () => order,
  example: { provider: "openai", order: ["openai:default"] },
  needs: { auth: ModelAuth },
  async handle({ order, ...params }, { auth }) {
    const provider = providerId(params.provider)
    const agent = agentOf(params.agentId, auth)
    const known = auth.book.of(agent, provider).map((one) => one.id)
    const stranger = order.find((id) => !known.includes(id))
    if (stranger !== undefined) throw unknownProfile({ profile: stranger, known })
    await auth.book.setOrder(agent, provider, [...new Set(order)])
    return orderNow(params, auth)
  },
})

export const clearOrder = method({
  name: "models.auth.order.clear",
  scope: "admin",
  summary: "Try the profiles of a provider in the order of the settings again.",
  params: () => orderParams,
  result: () => order,
  example: { provider: "openai" },
  needs: { auth: ModelAuth },
  async handle(params, { auth }) {
    await auth.book.setOrder(agentOf(params.agentId, auth), providerId(params.provider))
    return orderNow(params, auth)
  },
})

export const clear = method({
  name: "models.auth.clear",
  scope: "admin",
  summary: "Forget an auth profile.",
  params: () => z.strictObject({ profileId: profileNamed, agentId: agentParam }),
  result: () => z.object({ ok: z.literal(true), profileId: z.string(), cleared: z.boolean() }),
  example: { profileId: "openai:default" },
  needs: { auth: ModelAuth },
  async handle({ profileId, agentId }, { auth }) {
    const cleared = await auth.book.remove(agentOf(agentId, auth), profileId)
    return { ok: true as const, profileId, cleared }
  },
})
