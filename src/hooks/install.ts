import { existsSync } from "node:fs"
import { mkdtemp, realpath, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import type { Env, Paths } from "../config/paths.ts"
import { copyPlain } from "../store/copy-plain.ts"
import { privateFolder } from "../store/files.ts"
import { bundled } from "./bundled.ts"
import { hooksFolder, readHook } from "./discover.ts"
import { badHook, hookThere } from "./faults.ts"
import type { Hook } from "./hook.ts"

const mostFiles = 500
const mostBytes = 5_000_000

/** A hook laid out beside its place, not in use yet. */
export interface StagedHook {
  hook: Hook
  commit(): Promise<void>
  /** Takes it away again. */
  drop(): Promise<void>
}

/** Copies a hook's folder and reads what it is. None of it is run. */
export const stageHook = async (
  folder: string,
  { paths, env }: { paths: Pick<Paths, "state">; env: Env },
): Promise<StagedHook> => {
  if (!existsSync(join(folder, "HOOK.md"))) throw badHook({ folder, why: "it has no HOOK.md" })
  const place = await realpath(privateFolder(hooksFolder(paths)))
  const staging = await mkdtemp(join(place, ".staging-"))
  const drop = () => rm(staging, { recursive: true, force: true })
  try {
    await copyPlain(folder, staging, {
      mostFiles,
      mostBytes,
      refuse: (why) => badHook({ folder, why }),
    })
    const hook = await readHook(staging, place, { source: "state", env })
    const target = join(place, hook.name)
    if (existsSync(target) || bundled.some(({ name }) => name === hook.name))
      throw hookThere({ name: hook.name })
    return { hook, drop, commit: () => rename(staging, target) }
  } catch (error) {
    await drop()
    throw error
  }
}
