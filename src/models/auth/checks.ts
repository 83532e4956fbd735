import { agents, defaultAgentId } from "../../agents/config.ts"
import { check } from "../../kernel/check.ts"
import { Clock } from "../../kernel/clock.ts"
import { fetched } from "../../secrets/checks.ts"
import { auth } from "./config.ts"
import { healthOf, unusable } from "./health.ts"
import { ModelAuth } from "./service.ts"

const ground = [fetched(auth)]

const words = {
  expired: "has expired",
  expiring: "ends within a day",
  "refresh-required": "can no longer be renewed",
  missing: "holds no key",
} as const

export const profilesLast = check({
  id: "models.profiles-last",
  title: "Sign-ins at model providers last",
  severity: "warn",
  after: ground,
  needs: { auth: ModelAuth, agents, clock: Clock },
  detect({ auth, agents, clock }) {
    const ending = auth.book.of(defaultAgentId(agents)).flatMap((profile) => {
      const health = healthOf(profile, clock.now())
      if (health === "ok" || health === "static") return []
      return [{ id: profile.id, provider: profile.provider, type: profile.credential.type, health }]
    })
    return ending.length ? { ending } : null
  },
  explain: ({ ending }) =>
    `${ending.map(({ id, health }) => `${id} ${words[health]}`).join(", ")}.`,
  next: ({ ending: [first] }) =>
    first!.type === "oauth"
      ? `Sign in again: fased models auth login --provider ${first!.provider}`
      : `Put in another: fased models auth ${first!.type === "token" ? "paste-token" : "add"} --provider ${first!.provider} --profile-id ${first!.id}`,
})

export const profilesReady = check({
  id: "models.profiles-ready",
  title: "No sign-in at a model provider rests after failures",
  severity: "hint",
  after: ground,
  needs: { auth: ModelAuth, agents, clock: Clock },
  detect({ auth, agents, clock }) {
    const now = clock.now()
    const resting = auth.book.of(defaultAgentId(agents)).flatMap((profile) => {
      const rest = unusable(profile, now)
      return rest
        ? [{ id: profile.id, ...rest, minutes: Math.ceil((rest.until - now) / 60_000) }]
        : []
    })
    return resting.length ? { resting } : null
  },
  explain: ({ resting }) =>
    `${resting.map(({ id, reason, minutes }) => `${id} rests for ${minutes} min (${reason ?? "it failed"})`).join(", ")}.`,
  next: () =>
    "They are tried again by themselves; for lack of credit add some, then sign in or add the key again.",
})

export const orderKnown = check({
  id: "models.order-known",
  title: "The orders of auth profiles name profiles there are",
  severity: "warn",
  after: ground,
  needs: { settings: auth, auth: ModelAuth, agents },
  detect({ settings, auth, agents }) {
    const known = new Set(auth.book.of(defaultAgentId(agents)).map(({ id }) => id))
    const named = [...Object.values(settings.order).flat(), ...Object.keys(settings.profiles)]
    const unknown = [...new Set(named)].filter((id) => !known.has(id))
    return unknown.length ? { unknown } : null
  },
  explain: ({ unknown }) =>
    `auth.order or auth.profiles names ${unknown.join(", ")}, and no such profile is stored.`,
  next: () => "See what is stored with: fased models auth list",
})
