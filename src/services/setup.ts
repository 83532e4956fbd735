/** What a person is asked for when they set a service up. */
export interface Setup {
  label: string
  /** Settings that are no secret, and what to ask for each. */
  plain: Readonly<Record<string, string>>
  /** The credential: its setting, and what to ask. Without one, signing in is all. */
  secret?: { setting: string; prompt: string }
  /** Where a person gets it. */
  hint: string
  /** A person signs in at Google for it. */
  signsIn?: true
  /** What agents are given in its place. */
  serves?: readonly string[]
}

export const setups: Readonly<Record<string, Setup>> = {
  github: {
    label: "GitHub",
    plain: {},
    secret: { setting: "token", prompt: "Access token" },
    hint: "Make a fine-grained one at https://github.com/settings/personal-access-tokens, for the repositories and rights that agents are to have.",
  },
  google: {
    label: "Google",
    plain: { clientId: "OAuth client id" },
    secret: { setting: "clientSecret", prompt: "Client secret" },
    hint: "Make an OAuth client of the kind `Desktop app` at https://console.cloud.google.com/auth/clients, and enable the APIs of Gmail and Calendar in the same project.",
    signsIn: true,
    serves: ["gmail", "calendar"],
  },
  calendar: {
    label: "Google Calendar",
    plain: {},
    hint: "Signs in at Google with the OAuth client of services.google.",
    signsIn: true,
  },
  gmail: {
    label: "Gmail",
    plain: { user: "Mail address" },
    secret: { setting: "password", prompt: "App password" },
    hint: "Make an app password at https://myaccount.google.com/apppasswords. Another mailbox: name its servers in services.gmail.imap and services.gmail.smtp. With a sign-in at Google instead: --google.",
  },
}

/** Where the config has a service. */
export const placeOf = (id: string): readonly string[] =>
  Object.hasOwn(setups, id) ? ["services", id] : ["services", "rest", id]
