import type { Env, Paths } from "../../config/paths.ts"
import type { Clock } from "../../kernel/clock.ts"

/** Why a secret cannot be had, and what to do about it. Neither ever holds a secret. */
export interface Problem {
  reason: string
  next: string
}

export type Answer = { value: string } | Problem

/** Answers for every id, all at once; a problem of the whole provider is every id's problem. */
export type Provider = (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer>>

/** What providers work with. */
export interface Surroundings {
  env: Env
  clock: Clock
  paths: Pick<Paths, "home" | "state">
}

export const answerEach = (ids: readonly string[], answer: (id: string) => Answer) =>
  new Map(ids.map((id) => [id, answer(id)]))
