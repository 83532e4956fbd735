import type { Profile } from "../../models/auth/profile.ts"
import type { ModelAuth } from "../../models/auth/service.ts"
import type { Login } from "../../models/auth/login-providers.ts"
import type { ServicesConfig } from "../config.ts"
import { inWords, missingRight, type Right, scopesFor } from "./rights.ts"

/** What the sign-ins at Google are kept under; `google` is the one for its models. */
export const loginName = "google-workspace"

const hosts = {
  page: "https://accounts.google.com",
  tokens: "https://oauth2.googleapis.com",
} as const

/** How a person signs in, with the operator's own client. */
export const googleLogin = (config: ServicesConfig): Login => {
  const { clientId = "", clientSecret, baseUrl, redirectPort } = config.google
  const stand = baseUrl?.replace(/\/+$/, "")
  return {
    provider: loginName,
    label: "Google, for Gmail and Calendar",
    flow: "browser",
    clientId,
    clientSecret,
    authorizeUrl: `${stand ?? hosts.page}/o/oauth2/v2/auth`,
    tokenUrl: `${stand ?? hosts.tokens}/token`,
    deviceUrl: "",
    redirectUri: `http://127.0.0.1:${redirectPort}/oauth2callback`,
    scopes: scopesFor(config),
    // Without both there is a refresh token the first time only.
    extra: { access_type: "offline", prompt: "consent", include_granted_scopes: "true" },
    trustedHosts: baseUrl ? [new URL(baseUrl).hostname] : [],
  }
}

/** The sign-in that is used: the one of that address, else the first. */
export const profileOf = (auth: ModelAuth, account: string | undefined): Profile | undefined => {
  const all = auth.book.ordered(auth.mainAgent(), loginName)
  if (!account) return all[0]
  return all.find(({ email }) => email?.toLowerCase() === account.toLowerCase())
}

export const lacking = (
  { config, auth }: { config: ServicesConfig; auth: ModelAuth },
  rights: readonly Right[],
  account = config.google.account,
): string | undefined => {
  const { clientId, clientSecret } = config.google
  if (!clientId || !clientSecret) return "an OAuth client (services.google)"
  const profile = profileOf(auth, account)
  if (!profile) return account ? `a sign-in at Google as ${account}` : "a sign-in at Google"
  if (profile.usage.refreshFailed !== undefined)
    return "a sign-in at Google: the last one has ended"
  const { credential } = profile
  const missing = missingRight(credential.type === "oauth" ? credential.scope : undefined, rights)
  return missing && `Google's leave to ${inWords(missing)}`
}
