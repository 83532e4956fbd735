/** What a person is asked for when they set a service up. */
export interface Setup {
  label: string
  /** Settings that are no secret, and what to ask for each. */
  plain: Readonly<Record<string, string>>
  /** The credential: its setting, and what to ask. */
  secret: { setting: string; prompt: string }
  /** Where a person gets it. */
  hint: string
}

export const setups: Readonly<Record<string, Setup>> = {
  github: {
    label: "GitHub",
    plain: {},
    secret: { setting: "token", prompt: "Access token" },
    hint: "Make a fine-grained one at https://github.com/settings/personal-access-tokens, for the repositories and rights that agents are to have.",
  },
  gmail: {
    label: "Gmail",
    plain: { user: "Mail address" },
    secret: { setting: "password", prompt: "App password" },
    hint: "Make an app password at https://myaccount.google.com/apppasswords. Another mailbox: name its servers in services.gmail.imap and services.gmail.smtp.",
  },
}

/** Where the config has a service. */
export const placeOf = (id: string): readonly string[] =>
  Object.hasOwn(setups, id) ? ["services", id] : ["services", "rest", id]
