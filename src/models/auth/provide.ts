import type { AgentsConfig } from "../../agents/config.ts"
import { agents, defaultAgentId } from "../../agents/config.ts"
import { Environment, Paths } from "../../config/paths.ts"
import { Settings } from "../../config/settings.ts"
import { Clock } from "../../kernel/clock.ts"
import { Log } from "../../kernel/log.ts"
import type { SecretRef } from "../../kernel/secret.ts"
import type { Services } from "../../kernel/service.ts"
import { GuardedFetch } from "../../net/guarded-fetch.ts"
import { secrets } from "../../secrets/config.ts"
import { unresolved } from "../../secrets/faults.ts"
import { resolveRefs } from "../../secrets/resolve.ts"
import { Store } from "../../store/database.ts"
import { ProfileBook } from "./book.ts"
import { auth } from "./config.ts"
import { createKeys, type Refresh } from "./keys.ts"
import { loginFor } from "./login-providers.ts"
import { createLogins } from "./logins.ts"
import { ModelAuth, MoreLogins } from "./service.ts"
import { type AuthStore, createAuthStore, keptAtRest, type Kept } from "./store.ts"
import { exchange, requestTokens } from "./token-server.ts"

/** Builds all that knows of sign-ins at model providers, on the instance's database. */
export const provideModelAuth = async (services: Services): Promise<ModelAuth> => {
  const store = createAuthStore(services.get(Store))
  return services.provide(ModelAuth, build(services, await store.all(), store))
}

/** The same for an instance that does not run: read once, when first asked for, and never written. */
export const modelAuthAtRest = (services: Services) => {
  let read: ModelAuth | undefined
  return () => (read ??= build(services, keptAtRest(services.get(Paths).database)))
}

const build = (services: Services, kept: Kept, store?: AuthStore): ModelAuth => {
  const clock = services.get(Clock)
  const settings = services.get(Settings)
  const env = services.get(Environment)
  const paths = services.get(Paths)
  const config = () => settings.section(auth)
  const mainAgent = () => defaultAgentId(settings.section(agents) as AgentsConfig)
  const fetch: GuardedFetch = (url, request) => services.get(GuardedFetch)(url, request)
  const more = services.get(MoreLogins)
  const login = (provider: string) =>
    Object.hasOwn(more, provider) ? more[provider]!() : loginFor(provider, config(), env)

  const refresh: Refresh = async ({ provider }, credential) => {
    const signal = AbortSignal.timeout(30_000)
    const request = { fetch, login: login(provider), now: clock.now, signal }
    if (request.login.exchangeUrl) return { tokens: await exchange(request, credential.refresh) }
    return requestTokens(request, {
      grant_type: "refresh_token",
      refresh_token: credential.refresh,
    })
  }

  const resolve = async (path: string, ref: SecretRef) => {
    const uses = [{ path, ref }]
    const { secrets: found, failures } = await resolveRefs(uses, settings.section(secrets), {
      env,
      clock,
      paths,
    })
    const value = found.get(path)
    if (value === undefined) throw unresolved({ failures })
    return value
  }

  const book = new ProfileBook({ kept, store, config, mainAgent, clock, log: services.get(Log) })
  return {
    book,
    keys: createKeys({ book, refresh, resolve, clock }),
    logins: createLogins({ clock, fetch }),
    login,
    mainAgent,
    cooldowns: () => config().cooldowns,
  }
}
