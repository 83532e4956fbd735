import * as z from "zod"
import type { Env } from "../../config/paths.ts"
import { onFirstUse } from "../../kernel/later.ts"
import { grant, type Granted } from "../grant.ts"

export const githubSettings = onFirstUse(() =>
  z
    .strictObject({
      ...grant(),
      token: z.string().min(1).optional().meta({
        description: "Access token; `GH_TOKEN` or `GITHUB_TOKEN` where unset.",
        secret: true,
      }),
      app: z
        .strictObject({
          id: z.string().min(1).max(64).optional().describe("The app's id or client id."),
          installation: z.int().min(1).optional().describe("Number of its installation."),
          privateKey: z.string().min(1).optional().meta({
            description: "Its private key, in PEM as GitHub gave it.",
            secret: true,
          }),
        })
        .prefault({})
        .describe("A GitHub App of yours; one with a private key is used in place of the token."),
      baseUrl: z
        .url({ protocol: /^https?$/ })
        .default("https://api.github.com")
        .describe("The API; of GitHub Enterprise, `https://<host>/api/v3`."),
      repositories: z
        .array(
          z
            .string()
            .regex(/^[\w.*-]+\/[\w.*-]+$/, "use owner/name, where * stands for any letters"),
        )
        .default([])
        .describe("Only these, e.g. `acme/*`. Empty: all that the credential reaches."),
    })
    .prefault({})
    .describe("Issues, pull requests, files and search at GitHub."),
)
export type GitHubSettings = z.infer<ReturnType<typeof githubSettings>>

export interface GitHubApp {
  id: string
  installation: number
  privateKey: string
}

/** The app to act as, where there is one. */
export const githubApp = ({ app }: GitHubSettings): GitHubApp | undefined => {
  const { id, installation, privateKey } = app
  return id && installation && privateKey ? { id, installation, privateKey } : undefined
}

export const githubToken = ({ token }: GitHubSettings, env: Env) =>
  token ?? (env.GH_TOKEN?.trim() || env.GITHUB_TOKEN?.trim() || undefined)

export const githubGrant = (settings: GitHubSettings, env: Env): Granted => ({
  at: "services.github",
  id: "github",
  grant: settings,
  lacks: lacking(settings, env),
})

const lacking = (settings: GitHubSettings, env: Env) => {
  const { id, installation, privateKey } = settings.app
  if (!privateKey) return githubToken(settings, env) ? undefined : "a token"
  return id ? (installation ? undefined : "app.installation") : "app.id"
}

/** True for a repository that the settings let be looked at. */
export const isReachable = (repository: string, { repositories }: GitHubSettings) =>
  !repositories.length || repositories.some((pattern) => patternOf(pattern).test(repository))

const patternOf = (pattern: string) =>
  new RegExp(`^${pattern.split("*").map(RegExp.escape).join("[^/]*")}$`, "i")
