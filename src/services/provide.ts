import { Environment, Paths } from "../config/paths.ts"
import { Clock } from "../kernel/clock.ts"
import type { Services } from "../kernel/service.ts"
import { GuardedFetch } from "../net/guarded-fetch.ts"
import { services as section } from "./config.ts"
import type { Connection } from "./connection.ts"
import { Connections } from "./connection.ts"
import { createConnections } from "./connections.ts"
import { GitHub, type GitHubClient } from "./github/service.ts"
import { githubGrant } from "./github/settings.ts"
import { calendarGrant, gmailGrant, googleGrant } from "./google/grant.ts"
import { provideGoogle } from "./google/provide.ts"
import { Mail, type Mailbox } from "./mail/service.ts"
import { mailGrant } from "./mail/settings.ts"
import { Rest, type RestClient } from "./rest/service.ts"
import { restGrant } from "./rest/settings.ts"
import { ungranted } from "./ungranted.ts"

/** The services agents may be given. How each is spoken with is loaded with its first call. */
export const provideServices = (services: Services): void => {
  const clock = services.get(Clock)
  const env = () => services.get(Environment)
  const config = () => services.get(section)
  const guarded = services.get(GuardedFetch)

  let githubClient: Promise<GitHubClient> | undefined
  const github = services.provide(
    GitHub,
    () =>
      (githubClient ??= import("./github/client.ts").then(({ createGitHubClient }) =>
        createGitHubClient({ config: () => config().github, guarded, clock, env }),
      )),
  )
  let mailbox: Promise<Mailbox> | undefined
  const mail = services.provide(
    Mail,
    () =>
      (mailbox ??= import("./mail/mailbox.ts").then(({ createMailbox }) =>
        createMailbox(() => config().gmail, clock),
      )),
  )
  let restClient: Promise<RestClient> | undefined
  const rest = services.provide(
    Rest,
    () =>
      (restClient ??= import("./rest/client.ts").then(({ createRestClient }) =>
        createRestClient({ guarded, clock, home: services.get(Paths).home }),
      )),
  )
  const google = provideGoogle(services)
  const connections: Connection[] = [
    {
      id: "github",
      label: "GitHub",
      tools: ["github_*"],
      granted: () => githubGrant(config().github, env()),
      test: async (signal) => (await github()).whoAmI(signal),
    },
    {
      id: "gmail",
      label: "Gmail",
      get tools() {
        return config().gmail.signIn === "google" ? ["gmail_*"] : ["mail_*"]
      },
      granted: () =>
        config().gmail.signIn === "google"
          ? gmailGrant(config(), google)
          : mailGrant(config().gmail),
      test: async (signal) =>
        config().gmail.signIn === "google"
          ? (await google.client()).whoAmI(signal)
          : (await mail()).whoAmI(signal),
    },
    {
      id: "calendar",
      label: "Google Calendar",
      tools: ["calendar_*"],
      granted: () => calendarGrant(config(), google),
      test: async (signal) => (await google.client()).whoAmI(signal),
    },
    {
      id: "google",
      label: "Google",
      tools: [],
      granted: () => googleGrant(config(), google),
      test: async (signal) => (await google.client()).whoAmI(signal),
    },
  ]
  const connectors = (): Connection[] =>
    Object.entries(config().rest).map(([id, settings]) => ({
      id,
      label: id,
      tools: ["api_*"],
      granted: () => restGrant(id, settings),
      test: async (signal) => (await rest()).whoAmI({ id, settings }, signal),
    }))
  services.provide(
    Connections,
    createConnections(() => [...connections, ...connectors(), ...ungranted(services)], clock),
  )
}
