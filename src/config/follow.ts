import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Restarts } from "../kernel/restart.ts"
import type { Section } from "../kernel/section.ts"
import { changesBetween } from "./changes.ts"
import type { Edit } from "./edit.ts"
import { configChanged } from "./events.ts"
import { configInvalid, describeIssue, notForTrial } from "./faults.ts"
import type { LastGoodRun } from "./last-good.ts"
import { formatPath, type Path } from "./path.ts"
import { reloadOf } from "./reload.ts"
import type { Applied, Outcome, Reloader, ReloadMode } from "./reloader.ts"
import type { ConfigState, Issue, Settings } from "./settings.ts"
import { watchFiles } from "./watch.ts"

export interface FollowOptions {
  settings: Settings
  sections: readonly Section[]
  /** How the reading in force wants to be followed. */
  config: () => { mode: ReloadMode; debounceMs: number }
  /** Set where the reading in force is not the file's. */
  lastGood?: LastGoodRun
  restarts: Pick<Restarts, "request">
  bus: Pick<Bus, "emit">
  clock: Clock
  log: Log
}

/** Until secrets that could not be fetched are asked for again. */
const askAgainMs = 30_000

/**
 * Follows the config file from the reading in force on. One look at a time; of a file that cannot
 * be used, or whose secrets cannot be had, nothing is taken and all stays as it is.
 */
export const followConfig = async (
  options: FollowOptions,
): Promise<Reloader & { close(): void }> => {
  const { settings, sections, config, restarts, bus, clock } = options
  const log = options.log.for("config")
  const listeners = new Set<(applied: Applied) => void>()
  /** What this process began with; settings read only then count as they were there. */
  const begun = settings.current()
  /** The newest reading that was dealt with. */
  let judged: ConfigState | undefined
  let issues: readonly Issue[] = []
  let degraded = false
  let { lastGood } = options

  let waits: readonly string[] = []
  const isLate = (path: Path) => reloadOf(path, sections) === "process"

  const tell = (outcome: Outcome, code?: "DEGRADED" | "RECOVERED") =>
    bus.emit(configChanged, {
      valid: !issues.length,
      hash: settings.current().hash,
      applied: [...outcome.applied],
      waits: [...outcome.waits],
      ...(outcome.restartInMs !== undefined && { restartInMs: outcome.restartInMs }),
      issues: outcome.issues.map(({ path, message, hint }) => ({
        path,
        message,
        ...(hint && { hint }),
      })),
      secrets: degraded ? "degraded" : "ok",
      ...(code && { code: `SECRETS_RELOADER_${code}` as const }),
    })

  /** Puts a reading into force, or leaves everything as it is and says why. */
  const adopt = async (
    reading: ConfigState,
    isFile = reading === judged,
  ): Promise<Outcome | Fault> => {
    const before = settings.current()
    try {
      await settings.adopt(reading)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      if (configInvalid.is(error)) refuse(error.data.issues)
      else lack(error)
      return error
    }
    const mended = isFile && issues.length > 0
    const recovered = degraded
    degraded = false
    if (isFile) {
      issues = []
      lastGood = undefined
    }
    if (mended) log.info("the config file can be used again")
    if (recovered)
      log.info("secrets could be fetched again", { code: "SECRETS_RELOADER_RECOVERED" })
    const outcome = await apply(before, settings.current())
    if (mended || recovered || outcome.applied.length || outcome.waits.length)
      tell(outcome, recovered ? "RECOVERED" : undefined)
    return outcome
  }

  const refuse = (found: readonly Issue[]) => {
    if (Bun.deepEquals(found, issues)) return // saved again with the same mistakes
    issues = found
    log.error("config reload skipped (invalid config)", {
      problems: found.slice(0, 5).map(describeIssue),
      hint: "what it said before stays in force",
    })
    tell({ applied: [], waits, issues })
  }

  const lack = ({ message: problem, hint }: Fault) => {
    const again = degraded
    degraded = true
    if (again) return log.warn("secrets still cannot be fetched", { problem })
    const code = "SECRETS_RELOADER_DEGRADED"
    log.error("secrets cannot be fetched; those from before stay in use", { code, problem, hint })
    tell({ applied: [], waits, issues: [{ path: "", message: problem, hint }] }, "DEGRADED")
  }

  const apply = async (before: ConfigState, after: ConfigState): Promise<Outcome> => {
    const changes = changesBetween(before.values, after.values)
    // What became a reference may count for more, though its value is the same.
    const isMoved = !Bun.deepEquals(before.refs, after.refs)
    if (!changes.length && !isMoved) return { applied: [], waits, issues: [] }
    const paths = changes.map(formatPath)
    const late = changes.filter(isLate).map(formatPath)
    const applied = paths.filter((path) => !late.includes(path))
    waits = changesBetween(begun.values, after.values).filter(isLate).map(formatPath)
    for (const listener of listeners)
      try {
        listener({ paths, before, after })
      } catch (error) {
        log.error("a part did not take the new config", { error })
      }
    log.info("config reloaded", { applied, waits })
    const { mode } = config()
    const isNeeded = late.some((path) => waits.includes(path))
    const outcome = { applied, waits, issues: [] }
    if (mode === "restart" || (mode === "hybrid" && isNeeded))
      return restart(outcome, isNeeded ? late : paths)
    if (isNeeded) log.warn("settings count after a restart", { waits, mode })
    return outcome
  }

  const restart = async (outcome: Outcome, paths: readonly string[]): Promise<Outcome> => {
    try {
      const { delayMs } = await restarts.request({ reason: `config: ${paths.join(", ")}` })
      return { ...outcome, restartInMs: delayMs }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const { message, hint } = error
      log.error("cannot restart for the new config; going on with what counts at once", {
        waits: outcome.waits,
        problem: message,
        hint,
      })
      return { ...outcome, issues: [{ path: paths[0] ?? "", message, hint }] }
    }
  }

  let trials: readonly Edit[] = []
  /** The reading as it counts with trials; as the file has it where that is to be kept or compared. */
  const tried = async (file: ConfigState, edits: readonly Edit[]): Promise<ConfigState> => {
    if (!edits.length || !file.values) return file
    const { values, refs, env } = await settings.change(edits, { dryRun: true, afar: true })
    return { ...file, values, refs, env }
  }
  /** A file that does not go with the trials ends them: what it says comes first. */
  const withTrials = (file: ConfigState) =>
    tried(file, trials).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error
      log.warn("what was tried out does not go with the new config, and is over", {
        problem: error.message,
      })
      trials = []
      return file
    })

  let triedAt = 0
  const deal = async (): Promise<Outcome> => {
    const file = await settings.read()
    const isDue = degraded && judged?.values && clock.now() - triedAt >= askAgainMs
    if (file === judged && !isDue) return { applied: [], waits, issues }
    judged = file
    triedAt = clock.now()
    const outcome = await adopt(await withTrials(file), true)
    watcher.renew()
    if (!(outcome instanceof Fault)) return outcome
    const { message, hint } = outcome
    return {
      applied: [],
      waits,
      issues: issues.length ? issues : [{ path: "", message, hint }],
    }
  }

  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work)
    last = turn
    return turn
  }
  const look = () => inTurn(deal)
  const lookAlone = () =>
    void look().catch((error: unknown) => log.error("the config cannot be looked at", { error }))

  if (lastGood)
    log.error("the config file is broken; running on the last good config", {
      of: new Date(lastGood.at).toISOString(),
      hint: "correct the file: it is taken as soon as it can be used",
    })
  settings.hold()
  const watcher = watchFiles({
    files: () => (config().mode === "off" ? [] : (judged ?? settings.current()).files),
    debounceMs: () => config().debounceMs,
    clock,
    changed: lookAlone,
  })
  const stopAsking = clock.every(askAgainMs, () => degraded && lookAlone())

  const file = await settings.read()
  if (!lastGood && Bun.deepEquals(file.composed, begun.composed)) judged = file
  else await look()

  return {
    look,
    state: () => ({
      mode: config().mode,
      valid: !issues.length,
      hash: settings.current().hash,
      issues,
      waits,
      secrets: degraded ? "degraded" : "ok",
      ...(lastGood && { lastGoodAt: lastGood.at }),
    }),
    get trials() {
      return trials
    },
    tryOut: (edits) =>
      inTurn(async () => {
        const late = edits.find(({ path }) => isLate(path))
        if (late) throw notForTrial({ path: formatPath(late.path) })
        const outcome = await adopt(await tried(await settings.read(), edits))
        if (outcome instanceof Fault) throw outcome
        trials = edits
      }),
    reloadSecrets: () =>
      inTurn(async () => {
        const outcome = await adopt(degraded && judged?.values ? judged : settings.current())
        if (outcome instanceof Fault) throw outcome
        return { warningCount: outcome.waits.length }
      }),
    onApplied(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      stopAsking()
      watcher.stop()
    },
  }
}
