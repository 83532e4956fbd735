import type { Env } from "../../config/paths.ts"
import type { AuthConfig, LoginConfig } from "./config.ts"
import { loginIncomplete, noLogin } from "./faults.ts"

/** How signing in at a provider goes. Data: a provider more is an entry more. */
interface BuiltIn {
  label: string
  flow: "browser" | "device"
  clientId?: string
  authorizeUrl?: string
  tokenUrl?: string
  deviceUrl?: string
  /** Registered for this client; the port is where this machine listens for the browser. */
  redirectUri?: string
  scopes?: readonly string[]
  /** More parameters of the page. */
  extra?: Readonly<Record<string, string>>
  /** Variables that name the client. */
  env?: { clientId: string; clientSecret: string }
  /** What it gives is only good for getting short-lived tokens here. */
  exchangeUrl?: string
}

/**
 * Client ids are here only where the provider published them for programs on people's own machines;
 * the others are set as `auth.logins.<provider>.clientId`.
 */
const builtIns: Readonly<Record<string, BuiltIn>> = {
  "openai-codex": {
    label: "OpenAI, with a ChatGPT subscription",
    flow: "browser",
    clientId: "app_EMoamEEZ73f0CkXaXp7hrann",
    authorizeUrl: "https://auth.openai.com/oauth/authorize",
    tokenUrl: "https://auth.openai.com/oauth/token",
    redirectUri: "http://localhost:1455/auth/callback",
    scopes: ["openid", "profile", "email", "offline_access"],
    extra: { id_token_add_organizations: "true", codex_cli_simplified_flow: "true" },
  },
  "github-copilot": {
    label: "GitHub Copilot",
    flow: "device",
    clientId: "Iv1.b507a08c87ecfe98",
    deviceUrl: "https://github.com/login/device/code",
    tokenUrl: "https://github.com/login/oauth/access_token",
    scopes: ["read:user"],
    exchangeUrl: "https://api.github.com/copilot_internal/v2/token",
  },
  chutes: {
    label: "Chutes",
    flow: "browser",
    authorizeUrl: "https://api.chutes.ai/idp/authorize",
    tokenUrl: "https://api.chutes.ai/idp/token",
    redirectUri: "http://127.0.0.1:1456/oauth-callback",
    scopes: ["openid", "profile", "chutes:invoke"],
    env: { clientId: "CHUTES_CLIENT_ID", clientSecret: "CHUTES_CLIENT_SECRET" },
  },
  "google-gemini-cli": {
    label: "Google, with a Gemini subscription",
    flow: "browser",
    authorizeUrl: "https://accounts.google.com/o/oauth2/v2/auth",
    tokenUrl: "https://oauth2.googleapis.com/token",
    redirectUri: "http://localhost:8085/oauth2callback",
    scopes: [
      "https://www.googleapis.com/auth/cloud-platform",
      "https://www.googleapis.com/auth/userinfo.email",
      "https://www.googleapis.com/auth/userinfo.profile",
    ],
    extra: { access_type: "offline", prompt: "consent" },
    env: {
      clientId: "GEMINI_CLI_OAUTH_CLIENT_ID",
      clientSecret: "GEMINI_CLI_OAUTH_CLIENT_SECRET",
    },
  },
  xai: {
    label: "xAI",
    flow: "device",
    deviceUrl: "https://auth.x.ai/oauth2/device/code",
    tokenUrl: "https://auth.x.ai/oauth2/token",
    scopes: ["openid", "profile", "email", "offline_access", "api:access"],
  },
}

/** Everything one sign-in needs. */
export interface Login {
  provider: string
  label: string
  flow: "browser" | "device"
  clientId: string
  clientSecret?: string
  authorizeUrl: string
  tokenUrl: string
  deviceUrl: string
  redirectUri: string
  scopes: readonly string[]
  extra: Readonly<Record<string, string>>
  exchangeUrl?: string
  /** Hosts that the operator wrote down: they may be in a private network. */
  trustedHosts: readonly string[]
}

const loginNames = (config: AuthConfig): string[] => [
  ...new Set([...Object.keys(builtIns), ...Object.keys(config.logins)]),
]

/** Throws when the provider has no such thing, or something it needs is not known. */
export const loginFor = (provider: string, config: AuthConfig, env: Env): Login => {
  const own: LoginConfig = Object.hasOwn(config.logins, provider) ? config.logins[provider]! : {}
  const builtIn = Object.hasOwn(builtIns, provider) ? builtIns[provider] : undefined
  if (!builtIn && !Object.hasOwn(config.logins, provider))
    throw noLogin({ provider, known: loginNames(config) })
  const { deviceUrl = builtIn?.deviceUrl } = own
  const flow = builtIn?.flow ?? (deviceUrl && !own.authorizeUrl ? "device" : "browser")
  const known = {
    clientId: own.clientId ?? fromEnv(env, builtIn?.env?.clientId) ?? builtIn?.clientId,
    tokenUrl: own.tokenUrl ?? builtIn?.tokenUrl,
    ...(flow === "device"
      ? { deviceUrl }
      : {
          authorizeUrl: own.authorizeUrl ?? builtIn?.authorizeUrl,
          redirectUri: own.redirectUri ?? builtIn?.redirectUri,
        }),
  }
  const missing = Object.entries(known).flatMap(([name, value]) => (value ? [] : [name]))
  if (missing.length) throw loginIncomplete({ provider, missing })
  const { clientId = "", tokenUrl = "", authorizeUrl = "", redirectUri = "" } = known as Login
  const trusted = [own.authorizeUrl, own.tokenUrl, own.deviceUrl].filter((url) => url !== undefined)
  return {
    provider,
    label: builtIn?.label ?? provider,
    flow,
    clientId,
    clientSecret: own.clientSecret ?? fromEnv(env, builtIn?.env?.clientSecret),
    authorizeUrl,
    tokenUrl,
    deviceUrl: deviceUrl ?? "",
    redirectUri,
    scopes: own.scopes ?? builtIn?.scopes ?? [],
    extra: builtIn?.extra ?? {},
    // Tokens of another server are nothing for the built-in exchange.
    exchangeUrl: own.tokenUrl ? undefined : builtIn?.exchangeUrl,
    trustedHosts: trusted.map((url) => new URL(url).hostname),
  }
}

const fromEnv = (env: Env, name: string | undefined) => (name && env[name]?.trim()) || undefined
