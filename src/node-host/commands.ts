import { z } from "zod"
import type { Env } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import type { Clock } from "../kernel/clock.ts"
import { runCall, runPlan } from "../nodes/run-plan.ts"
import { badParams, tooMany, unknownCommand } from "./faults.ts"
import { type Ground, judge, look } from "./judge.ts"
import { runProgram } from "./program.ts"

/** What this machine offers as a node. */
export const commandNames = [
  "system.run",
  "system.run.prepare",
  "system.which",
  "system.execApprovals.get",
  "system.execApprovals.set",
] as const

const mostRuns = 16
const usualTimeoutMs = 30 * 60_000

const whichCall = z.object({
  bins: z.array(z.string().regex(/^[\w.+-]{1,100}$/, "is not the name of a program")).max(200),
})
const setCall = z.object({ file: z.unknown(), baseHash: z.string().optional() })

const parsed = <T>(schema: z.ZodType<T>, params: unknown): T => {
  const read = schema.safeParse(params ?? {})
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw badParams({ issue: `${issue?.path.join(".") || "params"}: ${issue?.message}` })
}

/** Does what the gateway asks of this machine, as far as the machine's own policy lets it. */
export const createCommands = ({ env, clock, ...ground }: Ground & { env: Env; clock: Clock }) => {
  let running = 0

  const run = async (params: unknown, signal: AbortSignal) => {
    const { runId: _, approvalDecision: __, ...asked } = parsed(runCall(), params)
    const plan = judge(asked, ground)
    if (running >= mostRuns) throw tooMany({ most: mostRuns })
    running++
    try {
      return await runProgram(
        {
          argv: plan.command,
          cwd: plan.cwd!,
          env: {
            ...cleanEnvironment(env),
            TERM: "dumb",
            PAGER: "cat",
            GIT_PAGER: "cat",
            ...plan.env,
            PATH: ground.path,
            PWD: plan.cwd!,
          },
          timeoutMs: plan.timeoutMs ?? usualTimeoutMs,
          signal,
        },
        clock,
      )
    } finally {
      running--
    }
  }

  const which = (params: unknown) => {
    const { bins } = parsed(whichCall, params)
    const found = bins.flatMap((name) => {
      const path = Bun.which(name, { PATH: ground.path })
      return path ? [[name, path] as const] : []
    })
    return { bins: Object.fromEntries(found) }
  }

  return async (command: string, params: unknown, signal: AbortSignal): Promise<unknown> => {
    switch (command) {
      case "system.run":
        return await run(params, signal)
      case "system.run.prepare":
        return look(parsed(runPlan(), params), ground)
      case "system.which":
        return which(params)
      case "system.execApprovals.get":
        return ground.policy.snapshot()
      case "system.execApprovals.set":
        return ground.policy.write(parsed(setCall, params))
    }
    throw unknownCommand({ command })
  }
}
export type Commands = ReturnType<typeof createCommands>
