import { service } from "../../kernel/service.ts"
import type { ProfileBook } from "./book.ts"
import type { Cooldowns } from "./config.ts"
import type { Keys } from "./keys.ts"
import type { Login } from "./login-providers.ts"
import type { Logins } from "./logins.ts"

/** Sign-ins at model providers: which there are, what they send, and how to get another. */
export interface ModelAuth {
  readonly book: ProfileBook
  readonly keys: Keys
  readonly logins: Logins
  /** How signing in at a provider goes. Throws `models.no-login`, `models.login-incomplete`. */
  login(provider: string): Login
  /** The agent whose profiles the others use as well. */
  mainAgent(): string
  cooldowns(): Cooldowns
}
export const ModelAuth = service<ModelAuth>("model auth")

/** How signing in goes at those that give no models, by the name their profiles begin with. */
export type MoreLogins = Readonly<Record<string, () => Login>>
export const MoreLogins = service<MoreLogins>("more logins")
