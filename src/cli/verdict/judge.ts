import type { Context } from "../command.ts"
import type { Standing } from "../standing.ts"
import { absent } from "./absent.ts"
import { online } from "./online.ts"
import { refused } from "./refused.ts"
import { attention, isRunning, typing } from "./verdict.ts"
import type { Verdict } from "./verdict.ts"

/** One verdict over everything that was found, the same in every command that tells how things stand. */
export const judge = (
  standing: Standing,
  context: Pick<Context, "program" | "instance" | "version">,
): Verdict => {
  const { tried } = standing
  const type = typing(context)
  if (!tried && isRunning(standing))
    return attention("not-asked", "Runs; it was not asked how it is.", type("health", "ask it"))
  const error = tried?.error ?? { code: "", message: "" }
  if (tried?.ok) return online(standing, tried, context.version, type)
  return tried?.reachable ? refused(standing, error, type) : absent(standing, error, type)
}
