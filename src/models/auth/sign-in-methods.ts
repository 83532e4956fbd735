import * as z from "zod"
import type { Edit } from "../../config/edit.ts"
import { Reloader } from "../../config/reloader.ts"
import { Settings } from "../../config/settings.ts"
import { method } from "../../kernel/method.ts"
import { isPrivateHost } from "../../kernel/private-host.ts"
import { providerId } from "../ref.ts"
import { Models } from "../service.ts"
import { badProfile, privateBaseUrl } from "./faults.ts"
import type { Credential } from "./profile.ts"
import { agentOf, agentParam, newProfile, profileNamed, secretParam } from "./requests.ts"
import { ModelAuth } from "./service.ts"

const provider = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, "use letters, digits, `.`, `_` and `-`")
  .describe("Provider, e.g. openai.")
const email = z.string().max(320).optional().describe("Whose account it is.")

const stored = z.object({
  ok: z.literal(true),
  profileId: z.string(),
  provider: z.string(),
  mode: z.enum(["api_key", "token", "oauth"]),
})

export const store = method({
  name: "models.auth.store",
  scope: "admin",
  summary: "Keep a key or token of a model provider as an auth profile.",
  params: () =>
    z.strictObject({
      profileId: profileNamed,
      provider,
      mode: z.enum(["api_key", "token"]).describe("What it is."),
      secret: secretParam.describe("The key or token."),
      email,
      expiresAtMs: z.number().positive().optional().describe("When a token ends."),
      agentId: agentParam,
    }),
  result: () => stored,
  example: {
    profileId: "openai:default",
    provider: "openai",
    mode: "api_key",
    secret: "sk-example-0123456789",
  },
  needs: { auth: ModelAuth },
  async handle({ profileId, secret, mode, email, expiresAtMs, ...wish }, { auth }) {
    const id = providerId(wish.provider)
    const credential: Credential =
      mode === "api_key"
        ? { type: "api_key", key: secret }
        : { type: "token", token: secret, ...(expiresAtMs && { expires: expiresAtMs }) }
    const agentId = agentOf(wish.agentId, auth)
    await auth.book.save(newProfile({ agentId, id: profileId, provider: id, email, credential }))
    return { ok: true as const, profileId, provider: id, mode }
  },
})

export const configure = method({
  name: "models.auth.configure",
  scope: "admin",
  summary: "Connect a model provider: its key as an auth profile, its address in the config.",
  params: () =>
    z.strictObject({
      provider,
      secret: secretParam.optional().describe("Its key."),
      profileId: profileNamed.optional(),
      setDefaultModel: z.boolean().optional().describe("Also make its model the default one."),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Where it answers."),
      modelId: z.string().min(1).max(256).optional().describe("A model it offers."),
      compatibility: z
        .enum(["openai", "anthropic", "unknown"])
        .optional()
        .describe("What it speaks, for a provider of your own."),
      customProviderId: provider.optional().describe("Name for a provider of your own."),
      alias: z.string().min(1).max(40).optional().describe("Short name for the model."),
      allowPrivateNetwork: z
        .boolean()
        .optional()
        .describe("Its address may be in a private network."),
      accountId: z.string().max(128).optional().describe("Part of the address, for Cloudflare."),
      gatewayId: z.string().max(128).optional().describe("Part of the address, for Cloudflare."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      provider: z.string(),
      authChoice: z.string(),
      configured: z.boolean(),
      profileId: z.string().optional(),
      defaultModel: z.string().optional(),
      detail: z.string().optional(),
    }),
  example: { provider: "openai", secret: "sk-example-0123456789" },
  needs: { auth: ModelAuth, models: Models, settings: Settings, reloader: Reloader },
  async handle(wish, { auth, models, settings, reloader }) {
    const id = providerId(wish.customProviderId ?? wish.provider)
    const baseUrl = wish.baseUrl ?? cloudflareAddress(wish)
    if (baseUrl && isPrivateHost(new URL(baseUrl).hostname) && !wish.allowPrivateNetwork)
      throw privateBaseUrl({ host: new URL(baseUrl).hostname })
    const profileId = wish.secret ? (wish.profileId ?? `${id}:default`) : undefined
    const profile =
      profileId &&
      newProfile({
        agentId: auth.mainAgent(),
        id: profileId,
        provider: id,
        credential: { type: "api_key", key: wish.secret! },
      })
    const edits = editsFor(id, { ...wish, baseUrl })
    const model = wish.modelId && `${id}/${wish.modelId}`
    const defaultModel = wish.setDefaultModel ? (model ?? firstOf(models, id)) : undefined
    if (defaultModel) edits.push(await defaultModelEdit(defaultModel, settings))
    if (wish.alias && model)
      edits.push({ path: ["agents", "defaults", "models", model, "alias"], value: wish.alias })
    if (!profile && !edits.length)
      throw badProfile({ problem: "neither a key nor anything to set was given" })
    if (edits.length) {
      await settings.change(edits, { afar: true })
      await reloader.look()
    }
    if (profile) await auth.book.save(profile)
    return {
      ok: true as const,
      provider: id,
      authChoice: profile ? "api-key" : "none",
      configured: models.status().some((one) => one.provider === id && one.status === "ok"),
      ...(profileId && { profileId }),
      ...(defaultModel && { defaultModel }),
      ...(wish.alias && model && { detail: aliasNote }),
    }
  },
})

const aliasNote = "agents.defaults.models is also the list of models people may choose."

const editsFor = (
  id: string,
  wish: {
    baseUrl?: string
    modelId?: string
    compatibility?: "openai" | "anthropic" | "unknown"
    allowPrivateNetwork?: boolean
  },
): Edit[] => {
  if (!wish.baseUrl) return []
  const at = (name: string) => ["models", "providers", id, name]
  const { baseUrl, compatibility, modelId, allowPrivateNetwork = false } = wish
  return [
    { path: at("baseUrl"), value: baseUrl },
    ...(compatibility === "openai" ? [{ path: at("api"), value: "openai-completions" }] : []),
    ...(compatibility === "anthropic" ? [{ path: at("api"), value: "anthropic-messages" }] : []),
    ...(modelId ? [{ path: at("models"), value: [{ id: modelId }] }] : []),
    { path: at("request"), value: { allowPrivateNetwork } },
  ]
}

const cloudflareAddress = (wish: {
  provider: string
  accountId?: string
  gatewayId?: string
}): string | undefined =>
  wish.provider === "cloudflare-ai-gateway" && wish.accountId && wish.gatewayId
    ? `https://gateway.ai.cloudflare.com/v1/${encodeURIComponent(wish.accountId)}/${encodeURIComponent(wish.gatewayId)}/anthropic`
    : undefined

const firstOf = (models: Models, provider: string) => {
  const found = models.list({ provider, all: true })[0]
  return found && `${provider}/${found.id}`
}

/** What stands behind the default model stays there. */
const defaultModelEdit = async (model: string, settings: Settings): Promise<Edit> => {
  const { composed } = await settings.read()
  const agents = composed?.agents as { defaults?: { model?: unknown } } | undefined
  const path = ["agents", "defaults", "model"]
  return typeof agents?.defaults?.model === "object"
    ? { path: [...path, "primary"], value: model }
    : { path, value: model }
}

const step = z.object({
  id: z.enum(["address", "wait"]).describe("What to come back with: the address, or nothing."),
  title: z.string(),
  url: z.string().describe("The page to open."),
  userCode: z.string().optional().describe("To be typed on that page."),
  redirectUri: z
    .string()
    .optional()
    .describe(
      "Where the page leads back to: listen there on the browser's machine, or ask for it.",
    ),
  expiresAt: z.number(),
})

export const startSignIn = method({
  name: "models.auth.interactive.start",
  scope: "admin",
  summary: "Begin to sign in at a model provider by browser or code.",
  params: () =>
    z.strictObject({
      provider,
      methodId: z.string().max(64).optional().describe("Accepted for older clients."),
      replaceRunning: z.boolean().optional().describe("Give up one that is under way."),
      browserLocal: z.boolean().optional().describe("Accepted for older clients."),
      agentId: agentParam,
    }),
  result: () =>
    z.object({
      sessionId: z.string(),
      done: z.literal(false),
      status: z.literal("running"),
      step,
    }),
  example: { provider: "openai-codex" },
  limit: { max: 20, windowMs: 60_000 },
  needs: { auth: ModelAuth },
  async handle({ replaceRunning = false, ...wish }, { auth }) {
    const login = auth.login(providerId(wish.provider))
    const agentId = agentOf(wish.agentId, auth)
    const begun = await auth.logins.begin(login, { agentId, replace: replaceRunning })
    const { sessionId, expects: id, label: title, url, userCode, redirectUri, expiresAt } = begun
    return {
      sessionId,
      done: false as const,
      status: "running" as const,
      step: { id, title, url, userCode, redirectUri, expiresAt },
    }
  },
})

export const finishSignIn = method({
  name: "models.auth.interactive.finish",
  scope: "admin",
  summary: "End a sign-in: with the address its page led to, or by waiting for the person's yes.",
  params: () =>
    z.strictObject({
      sessionId: z.string().min(1).max(64).describe("As its start gave it."),
      address: z
        .string()
        .max(20_000)
        .optional()
        .describe("The whole address that the page led back to."),
    }),
  result: () => stored,
  example: { sessionId: "6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21", address: "http://localhost:1455/" },
  needs: { auth: ModelAuth },
  async handle({ sessionId, address }, { auth, signal }) {
    const signedIn = await auth.logins.finish(sessionId, { address, signal })
    const { provider, agentId, tokens: credential, email } = signedIn
    const name = email && /^[\w.@+-]{1,128}$/.test(email) ? email : "default"
    const profileId = `${provider}:${name}`
    await auth.book.save(newProfile({ agentId, id: profileId, provider, email, credential }))
    return { ok: true as const, profileId, provider, mode: "oauth" as const }
  },
})

export const cancelSignIn = method({
  name: "models.auth.interactive.cancel",
  scope: "admin",
  summary: "Give up a sign-in that is under way.",
  params: () =>
    z.strictObject({
      sessionId: z.string().min(1).max(64).describe("As its start gave it."),
    }),
  result: () => z.object({ ok: z.literal(true), cancelled: z.boolean() }),
  example: { sessionId: "6f6f9d3c-6a5e-4f8e-9f6a-0d8a4f1f5b21" },
  needs: { auth: ModelAuth },
  handle: ({ sessionId }, { auth }) => ({
    ok: true as const,
    cancelled: auth.logins.cancel(sessionId),
  }),
})
