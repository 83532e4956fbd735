import { realpathSync, statSync } from "node:fs"
import { join, sep } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import { Fault } from "../kernel/fault.ts"
import type { Log } from "../kernel/log.ts"
import type { Mapping } from "./config.ts"
import { transformFailed, transformMissing } from "./faults.ts"

/** What a transform is given. */
export interface HookCall {
  path: string
  payload: unknown
  headers: Record<string, string>
  query: Record<string, string>
}
/** Fields of the mapping it changes; null leaves the call at that. */
export type Patch = Partial<Omit<Mapping, "match" | "auth" | "transform">> | null

const deadlineMs = 10_000

/** Runs the function a mapping names. A changed file counts with the next call. */
export const runTransform = async (
  { module, export: name }: NonNullable<Mapping["transform"]>,
  call: HookCall,
  { folder, clock, log }: { folder: string; clock: Clock; log: Log },
): Promise<Patch> => {
  const file = inside(folder, module)
  const late = Promise.withResolvers<never>()
  const cancel = clock.after(deadlineMs, () => late.reject(new Error("it took too long")))
  try {
    const work = (async () => {
      const loaded = (await import(`${file}?at=${statSync(file).mtimeMs}`)) as Record<
        string,
        unknown
      >
      const transform = loaded[name]
      if (typeof transform !== "function")
        throw transformMissing({ module, why: `it exports no function called ${name}` })
      return (await (transform as (call: HookCall) => unknown)(call)) as Patch | undefined
    })()
    const patch = await Promise.race([work, late.promise])
    if (patch === null) return null
    if (patch === undefined) return {}
    if (typeof patch !== "object" || Array.isArray(patch)) throw new Error("it gave no object")
    return patch
  } catch (error) {
    if (error instanceof Fault) throw error
    log.for("webhooks").error("transform failed", { module, error })
    throw transformFailed({ module }, error)
  } finally {
    cancel()
  }
}

/** The file a name leads to, links followed; nowhere else than in the folder. */
const inside = (folder: string, module: string) => {
  try {
    const root = realpathSync(folder)
    const file = realpathSync(join(root, module))
    if (file.startsWith(root + sep) && statSync(file).isFile()) return file
  } catch (error) {
    throw transformMissing({ module, why: "hooks.transformsDir holds no such file" }, error)
  }
  throw transformMissing({ module, why: "it lies outside of hooks.transformsDir" })
}
