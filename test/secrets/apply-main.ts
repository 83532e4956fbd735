/** Applies a plan as a process of its own, and is killed for good before the write it is told. */
import { createSettings } from "../../src/config/create.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import type { Settings } from "../../src/config/settings.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { sections } from "../../src/registry.ts"
import { applyPlan } from "../../src/secrets/apply.ts"
import { createFetch } from "../../src/secrets/fetch.ts"
import { readPlan } from "../../src/secrets/plan.ts"
import { writeFileAtomic } from "../../src/store/files.ts"

const [planFile, survives] = process.argv.slice(2)
let left = Number(survives)
const mayDie = () => {
  if (left-- === 0) process.kill(process.pid, "SIGKILL")
}

const env = process.env
const paths = resolvePaths(env)
const fetchSecrets = createFetch({ env, paths, clock: systemClock })
const settings = await createSettings({ paths, env, sections, fetchSecrets })
const change: Settings["change"] = (edits, options) => {
  if (!options?.dryRun) mayDie()
  return settings.change(edits, options)
}
const plan = readPlan(await Bun.file(planFile!).text(), sections)
const write: typeof writeFileAtomic = (path, data) => {
  mayDie()
  writeFileAtomic(path, data)
}
await applyPlan(plan, { settings: { ...settings, change }, sections, paths, write })
