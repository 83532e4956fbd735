import { readFile, stat } from "node:fs/promises"
import * as z from "zod"
import type { Env } from "../config/paths.ts"
import { hookEventName } from "../kernel/hook-event.ts"
import { onFirstUse } from "../kernel/later.ts"
import { parseFrontmatter } from "../skills/frontmatter.ts"
import { programFinder } from "../skills/gate.ts"
import { badHook } from "./faults.ts"

const mostBytes = 256 * 1024
const words = onFirstUse(() => z.array(z.string().min(1).max(100)).max(50).default([]))

const manifest = onFirstUse(() =>
  z.object({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "has to be a-z, 0-9 and -"),
    description: z.string().trim().min(1).max(1000),
    metadata: z.object({
      fased: z.object({
        events: z
          .array(z.string().regex(hookEventName, "is no event of the form type or type:action"))
          .min(1)
          .max(50),
        os: words(),
        requires: z.object({ bins: words(), anyBins: words(), env: words() }).prefault({}),
      }),
    }),
  }),
)
type Requirements = z.output<ReturnType<typeof manifest>>["metadata"]["fased"]

/** Reads a HOOK.md. What the hook is and what it needs; none of its code is looked at. */
export const readHookFile = async (folder: string, file: string, env: Env) => {
  if ((await stat(file)).size > mostBytes)
    throw badHook({ folder, why: "its HOOK.md is too large" })
  const { fields } = await parseFrontmatter(await readFile(file))
  const parsed = manifest().safeParse(fields)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw badHook({ folder, why: `${path.join(".")} in its HOOK.md: ${message}` })
  }
  const { name, description, metadata } = parsed.data
  return {
    name,
    description,
    events: metadata.fased.events,
    missing: lacking(metadata.fased, env),
  }
}

const lacking = ({ os, requires: { bins, anyBins, env: variables } }: Requirements, env: Env) => {
  const has = programFinder(env.PATH)
  return [
    ...(os.length && !os.includes(process.platform) ? [`one of the systems ${os.join(", ")}`] : []),
    ...bins.filter((name) => !has(name)).map((name) => `the program ${name}`),
    ...(anyBins.length && !anyBins.some(has) ? [`one of the programs ${anyBins.join(", ")}`] : []),
    ...variables.filter((name) => !env[name]).map((name) => `the variable ${name}`),
  ]
}
