import { createHash } from "node:crypto"
import { realpathSync, statSync } from "node:fs"
import { basename, isAbsolute } from "node:path"
import { z } from "zod"
import { safeBinSettings } from "../agents/safe-bins.ts"
import { matches } from "../approvals/allowlist.ts"
import { analyse, type Step } from "../approvals/analyse.ts"
import { everyAgent, policyOf } from "../approvals/policy.ts"
import { isSafe } from "../approvals/safe-bins.ts"
import type { Paths } from "../config/paths.ts"
import { bindingOf } from "../exec/bound.ts"
import { requestedVariables } from "../exec/environment.ts"
import { isWithin } from "../exec/place.ts"
import { onFirstUse } from "../kernel/later.ts"
import type { Prepared, RunPlan } from "../nodes/run-plan.ts"
import {
  allowlistMiss,
  approvalRequired,
  badFolder,
  changedSince,
  otherThanShown,
  switchedOff,
} from "./faults.ts"
import type { NodePolicy } from "./policy.ts"

export interface Ground {
  paths: Pick<Paths, "home" | "state">
  policy: NodePolicy
  /** Where programs are looked for. */
  path: string
}

/** The line a shell would run; undefined where no shell is asked. */
const shellLine = ([program = "", option = "", line, ...more]: readonly string[]) =>
  /^(?:sh|bash|dash|zsh|ksh|ash)$/.test(basename(program)) &&
  /^-[a-z]*c$/.test(option) &&
  !more.length
    ? line
    : undefined

/** The folder a command runs in, links resolved: this user's home where none is named. */
const folderOf = (written: string | null | undefined, { home, state }: Ground["paths"]) => {
  const path = written || home
  if (!isAbsolute(path)) throw badFolder({ path, why: "its path does not begin with /" })
  try {
    const real = realpathSync(path)
    if (!statSync(real).isDirectory()) throw badFolder({ path, why: "it is not a folder" })
    if (isWithin(realpathSync(state), real)) throw badFolder({ path, why: "it is kept for fased" })
    return real
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "ENOENT") throw badFolder({ path, why: "it does not exist" }, error)
    throw error
  }
}

/** What the command would be here, and what the list of this node makes of it. Only looks. */
export const look = (asked: RunPlan, { paths, policy, path }: Ground): Prepared => {
  const { command, rawCommand, agentId } = asked
  const line = shellLine(command)
  const words = command.join(" ")
  // Somebody says yes to what is shown, so it must be what runs.
  if (rawCommand && rawCommand !== words && rawCommand !== line) throw otherThanShown()
  const cwd = folderOf(asked.cwd, paths)
  const env = requestedVariables(asked.env ?? {})
  const shown = line ?? words
  const analysis = analyse({ command: shown, argv: command, cwd, env, path })
  const steps = "steps" in analysis ? analysis.steps : undefined
  const { allowlist, security } = policyOf(policy.read(), agentId ?? everyAgent)
  const settings = usualSafeBins()
  const isListed = (step: Step) =>
    isSafe(step, settings) || allowlist.some(({ pattern }) => matches(pattern, step, paths.home))
  const allowed = security === "full" || (steps !== undefined && steps.every(isListed))
  const token = bindingOf({ command: words, shell: command[0]!, cwd, path })
  return {
    plan: {
      ...asked,
      rawCommand: shown,
      cwd,
      env,
      binding: createHash("sha256").update(token).digest("hex"),
    },
    allowed: allowed && security !== "deny",
    ...(!allowed && {
      because: steps
        ? "not every program in it is on the node's allowlist."
        : `${"unclear" in analysis ? analysis.unclear : "it is unclear"}, so no list can allow it.`,
    }),
    programs: steps?.map(({ program }) => program.file) ?? [],
  }
}

const usualSafeBins = onFirstUse(() => z.object(safeBinSettings()).parse({}))

/**
 * The plan that may run here now, or the refusal. Only the gateway this node belongs to can say
 * that somebody has approved it; what this node's owner switched off stays off.
 */
export const judge = (asked: RunPlan & { approved?: boolean | null }, ground: Ground): RunPlan => {
  const { approved, ...plan } = asked
  const looked = look(plan, ground)
  if (plan.binding && plan.binding !== looked.plan.binding) throw changedSince()
  const { security, ask = "on-miss" } = policyOf(ground.policy.read(), plan.agentId ?? everyAgent)
  if (security === "deny") throw switchedOff()
  if (approved) return looked.plan
  if (looked.allowed && ask !== "always") return looked.plan
  const because = looked.because ?? "every command is asked about on this node."
  throw ask === "off" ? allowlistMiss({ because }) : approvalRequired({ because })
}
