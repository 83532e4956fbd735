import type { HooksConfig, Mapping } from "./config.ts"

const usual = {
  action: "agent",
  wakeMode: "now",
  allowUnsafeExternalContent: false,
} as const satisfies Partial<Mapping>

/** What becomes of new mail where the config has no mapping for it. */
export const gmailPreset: Mapping = {
  ...usual,
  match: { path: "gmail" },
  name: "Gmail",
  sessionKey: "hook:gmail:{{messages[0].id}}",
  messageTemplate:
    "New mail from {{messages[0].from}}\nSubject: {{messages[0].subject}}\n{{messages[0].snippet}}\n{{messages[0].body}}",
}

const presets: Readonly<Record<HooksConfig["presets"][number], Mapping>> = {
  gmail: gmailPreset,
  github: {
    ...usual,
    match: { path: "github" },
    name: "GitHub",
    sessionKey: "hook:github:{{repository.id}}:{{issue.number}}{{pull_request.number}}",
    messageTemplate: `GitHub: {{headers.x-github-event}} {{action}} in {{repository.full_name}} by {{sender.login}}
{{issue.title}}{{pull_request.title}}{{head_commit.message}}
{{issue.html_url}}{{pull_request.html_url}}{{compare}}
{{comment.body}}`,
  },
}

/** Every mapping there is, in the order they are tried. */
export const mappingsOf = (config: HooksConfig): readonly Mapping[] => [
  ...config.mappings,
  ...config.presets.map((name) => presets[name]),
]

/** The mappings a path may lead to; which it is may depend on the payload. */
export const mappingsFor = (config: HooksConfig, path: string) =>
  mappingsOf(config).filter(({ match }) => match.path === undefined || match.path === path)
