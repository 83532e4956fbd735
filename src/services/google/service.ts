import { service } from "../../kernel/service.ts"
import type { Right } from "./rights.ts"

export const apis = ["gmail", "calendar", "pubsub"] as const
export type Api = (typeof apis)[number]

export interface GoogleRequest {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
  query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
  body?: object
  /** What is asked for, where it may not be there. */
  what?: string
  /** Answers that are not wrong, and read as null, such as 409 where it may be there already. */
  fine?: readonly number[]
  /** Whose account; default: that of the settings. */
  account?: string
  signal: AbortSignal
}

export interface GoogleClient {
  /** The answer of an endpoint, as JSON. Throws `services.*`. */
  ask(api: Api, path: string, request: GoogleRequest): Promise<unknown>
  /** Whose account it is, and what was allowed. */
  whoAmI(signal: AbortSignal): Promise<string>
  /** The keys that Google signs with now, as it publishes them. */
  signingKeys(signal: AbortSignal): Promise<{ keys: unknown; maxAgeMs: number }>
}

/** One sign-in at Google for all that speak with it. */
export interface GoogleAccount {
  /** What stands between these rights and their use; undefined when nothing does. */
  lacks(rights: readonly Right[], account?: string): string | undefined
  /** Loaded with the first call. */
  client(): Promise<GoogleClient>
}
export const GoogleAccount = service<GoogleAccount>("google account")
