import { randomBytes } from "node:crypto"
import { accessSync, constants } from "node:fs"
import { rm } from "node:fs/promises"
import { dirname } from "node:path"
import type { Env, Paths } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { holdFile, lockState } from "../store/lock.ts"
import { putBackCopy, stepsApplied } from "../store/migrated.ts"
import { busy, doesNotStart, downgrade, readOnly, rolledBack } from "./faults.ts"
import type { Found } from "./find.ts"
import { type UpdateRecord, writeRecord } from "./record.ts"
import { lockPath, stage, stagePath, sweep } from "./stage.ts"
import { swapIn, takeBack } from "./swap.ts"
import { cleanEnv, tryOut } from "./try-out.ts"

/** The gateway of this instance, as an update needs to handle it. */
export interface GatewayControl {
  /** The version that runs now, if one does. */
  running(): Promise<string | undefined>
  /** Has it run the binary that is in place now, started if need be. False: a person must do it. */
  restart(): Promise<boolean>
  /** Stops it for good. */
  stop(): Promise<void>
  /** True once it answers its health as this version; false when the time is over. */
  answers(version: string): Promise<boolean>
}

/** What an update has got done, in this order. */
export const steps = ["fetched", "tried", "swapped", "restarted", "healthy"] as const
export type Step = (typeof steps)[number]

export interface Application {
  target: string
  paths: Pick<Paths, "state" | "config" | "database">
  env: Env
  clock: Clock
  gateway: GatewayControl
  /** The running gateway keeps the old binary until someone restarts it. */
  noRestart?: boolean
  allowDowngrade?: boolean
  /** What the owner of the program's folder would type to have the same done. */
  asOwner: string
  signal?: AbortSignal
  /** Told after each step. */
  done(step: Step): void
}

export interface Applied {
  /** `none`: no gateway was running · `left`: it still runs the old version */
  gateway: "restarted" | "left" | "none"
}

/**
 * Fetches, proves, tries and swaps in what was found, and sees the gateway come back with it.
 * Whenever it fails or is killed, the binary in place is a whole one that works.
 */
export const applyUpdate = async (found: Found, how: Application): Promise<Applied> => {
  const { target, paths, clock } = how
  const { from, to } = found
  if (found.is === "older" && !how.allowDowngrade) throw downgrade({ from, to })
  requireWritable(target, how.asOwner)
  const lock = holdFile(lockPath(target))
  if (!lock) throw busy()
  const record: UpdateRecord = { from, to, startedAt: clock.now() }
  const close = (outcome: UpdateRecord["outcome"], reason?: string) =>
    writeRecord(paths.state, { ...record, finishedAt: clock.now(), outcome, reason })
  try {
    writeRecord(paths.state, record)
    await sweep(target)
    await putInPlace(found, how)
    const gateway = await bringUp(found, how)
    close("done")
    return { gateway }
  } catch (error) {
    if (rolledBack.is(error)) close("rolled-back", error.data.reason)
    else close("failed", (error as Error).message)
    throw error
  } finally {
    lock.close(false)
  }
}

const requireWritable = (target: string, command: string) => {
  const folder = dirname(target)
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw readOnly({ folder, command }, error)
  }
}

const putInPlace = async ({ to, release, asset }: Found, how: Application) => {
  const { target, signal, done } = how
  const staged = stagePath(target, randomBytes(8).toString("hex"))
  try {
    await stage(release.read(asset, signal), { asset, staged })
    done("fetched")
    await tryOut(staged, to)
    await readsConfig(staged, to, how)
    done("tried")
    swapIn(target, staged)
    done("swapped")
  } finally {
    await rm(staged, { force: true })
  }
}

/** A config that is fine for this version must be fine for the next: it would not start otherwise. */
const readsConfig = async (staged: string, version: string, how: Application) => {
  const { target, paths, env } = how
  const judge = async (binary: string) => {
    const child = Bun.spawn([binary, "config", "validate"], {
      cwd: "/",
      env: {
        ...cleanEnv(env),
        FASED_STATE_DIR: paths.state,
        FASED_CONFIG_PATH: paths.config,
      },
      stdio: ["ignore", "ignore", "ignore"],
      timeout: 20_000,
    })
    return (await child.exited) === 0
  }
  if ((await judge(staged)) || !(await judge(target))) return
  throw doesNotStart({ version, reason: "it cannot read your config, which this version can" })
}

const bringUp = async (found: Found, how: Application): Promise<Applied["gateway"]> => {
  const { gateway, paths, done, noRestart } = how
  if ((await gateway.running()) === undefined) return "none"
  if (noRestart) return "left"
  const before = stepsApplied(paths.database)
  if (!(await gateway.restart())) return "left"
  done("restarted")
  if (await gateway.answers(found.to)) {
    done("healthy")
    return "restarted"
  }
  throw await rollBack(found, how, before)
}

/** Puts the binary back, and the database where the new version has changed its shape. */
const rollBack = async ({ from, to }: Found, how: Application, before: number | undefined) => {
  const { target, paths, gateway } = how
  takeBack(target)
  let state = "The database is as it was."
  if (before !== undefined && stepsApplied(paths.database) !== before) {
    await gateway.stop()
    const lock = lockState(paths.state)
    const restored = putBackCopy(paths.database, before)
    lock.release()
    state = restored
      ? `The database is the copy kept before; what came since lies in ${paths.database}.after-${before}.`
      : "The database was changed and no copy of before is there: restore a backup."
  }
  const back = (await gateway.restart()) && (await gateway.answers(from))
  return rolledBack({
    from,
    to,
    reason: "the gateway did not come back with it in time",
    state: `${state} ${back ? "The gateway runs again." : "The gateway is down; start it: fased start."}`,
  })
}
