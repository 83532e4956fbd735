import { service } from "../../kernel/service.ts"

export interface GitHubRequest {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  query?: Readonly<Record<string, string | number | undefined>>
  body?: object
  /** What to answer with; default: JSON. */
  accept?: "diff" | "raw"
  /** What is asked for, where it may not be there. */
  what?: string
  signal: AbortSignal
}

export interface GitHubClient {
  /** The answer of an endpoint as JSON, or as text for a diff or a raw file. Throws `services.*`. */
  ask(path: string, request: GitHubRequest): Promise<unknown>
  /** `/repos/<owner>/<name>` of a repository within bounds. Throws `services.out-of-bounds`. */
  repository(name: string): string
  isReachable(name: string): boolean
  /** Whom the credential belongs to. */
  whoAmI(signal: AbortSignal): Promise<string>
}

/** Loaded with the first call. */
export type GitHub = () => Promise<GitHubClient>
export const GitHub = service<GitHub>("github")
