import * as z from "zod"
import { type Standing, tool } from "../kernel/tool.ts"
import {
  type Boundary,
  maxFileBytes,
  presentWithin,
  readWithin,
  realWithin,
  removeWithin,
  writeWithin,
} from "./boundary.ts"
import type { ToolsConfig } from "./config.ts"
import { alreadyThere, fileTooBig, noSuchFile, patchDoesNotFit, patchHalfUndone } from "./faults.ts"
import { boundaryOf, decode, fileNeeds } from "./file-access.ts"
import { parsePatch, type Step } from "./patch.ts"
import { DoesNotFit, patchText } from "./patch-text.ts"

export const applyPatch = tool({
  name: "apply_patch",
  group: "fs",
  label: "Apply a patch",
  description: `Changes several files at once, all or none. Form:
*** Begin Patch
*** Update File: path
*** Move to: new/path (optional)
@@ a line to find first (optional)
 a line that stays
-a line that goes
+a line that comes
*** End of File (when the lines above are the last)
*** Add File: path
+every line of the new file
*** Delete File: path
*** End Patch
Give about three lines that stay before and after each change.`,
  params: () =>
    z.object({
      input: z.string().max(maxFileBytes).describe("The patch, from Begin Patch to End Patch."),
    }),
  needs: fileNeeds,
  available: ({ tools, model }) => readyFor(tools.exec.applyPatch, model),
  run({ input }, context) {
    const { workspaceOnly, ...boundary } = boundaryOf(context)
    const only = workspaceOnly || context.tools.exec.applyPatch.workspaceOnly
    return apply({ ...boundary, workspaceOnly: only }, parsePatch(input))
  },
})

type Settings = ToolsConfig["exec"]["applyPatch"]

/** Other models were not trained on this format and do better with edit. */
const readyFor = ({ enabled, allowModels }: Settings, called: Standing["model"]) => {
  if (!enabled) return "It is off; tools.exec.applyPatch.enabled turns it on."
  return (
    !called ||
    fits(called, allowModels) ||
    "The model is not one of those it is for; tools.exec.applyPatch.allowModels names them."
  )
}

const fits = (called: NonNullable<Standing["model"]>, allowModels: readonly string[]) => {
  const model = called.model.toLowerCase()
  const ref = `${called.provider}/${called.model}`.toLowerCase()
  if (allowModels.length)
    return allowModels.some((allowed) => [model, ref].includes(allowed.toLowerCase()))
  return (
    /^(?:azure-)?openai/.test(ref) || /(?:^|\/)(?:openai\/|gpt-|codex|o[134](?:-|$))/.test(model)
  )
}

/** A file as it was and as it is to be; null for not there. */
interface Change {
  path: string
  before: Buffer | null
  after: string | null
}

/** Works everything out before the first file is touched, and puts all back when one fails. */
const apply = (boundary: Boundary, steps: readonly Step[]): string => {
  const changes = plan(boundary, steps)
  const done: Change[] = []
  for (const change of changes) {
    try {
      if (change.after !== null) writeWithin(boundary, change.path, change.after)
      else if (change.before) removeWithin(boundary, change.path)
      done.push(change)
    } catch (error) {
      takeBack(boundary, done, error)
      throw error
    }
  }
  const told = changes.flatMap(({ path, before, after }) => {
    if (after === null) return before ? [`D ${path}`] : []
    return [`${before ? "M" : "A"} ${path}`]
  })
  return `Done:\n${told.join("\n")}`
}

const takeBack = (boundary: Boundary, done: readonly Change[], cause: unknown) => {
  const left = done.toReversed().filter(({ path, before }) => {
    try {
      if (before) writeWithin(boundary, path, before)
      else if (presentWithin(boundary, path)) removeWithin(boundary, path)
      return false
    } catch {
      return true
    }
  })
  if (left.length) throw patchHalfUndone({ paths: left.map(({ path }) => path) }, cause)
}

const plan = (boundary: Boundary, steps: readonly Step[]): Change[] => {
  // By the place a path leads to, so that two names of one file are one.
  const changes = new Map<string, Change>()
  const file = (path: string) =>
    changes.getOrInsertComputed(realWithin(boundary, path), () => {
      const before = presentWithin(boundary, path) ? readWithin(boundary, path) : null
      return { path, before, after: before && decode(before, path) }
    })
  for (const step of steps) {
    const target = file(step.path)
    if (step.kind === "add") {
      if (target.after !== null) throw alreadyThere({ path: step.path })
      target.after = fitting(step.path, step.content)
      continue
    }
    if (target.after === null) throw noSuchFile({ path: step.path })
    if (step.kind === "delete") {
      target.after = null
      continue
    }
    const patched = fitting(step.path, patch(step.path, target.after, step))
    if (!step.moveTo) {
      target.after = patched
      continue
    }
    const moved = file(step.moveTo)
    if (moved !== target && moved.after !== null) throw alreadyThere({ path: step.moveTo })
    target.after = null
    moved.after = patched
  }
  return [...changes.values()]
}

const patch = (path: string, text: string, { chunks }: Extract<Step, { kind: "update" }>) => {
  try {
    return patchText(text, chunks)
  } catch (error) {
    if (!(error instanceof DoesNotFit)) throw error
    throw patchDoesNotFit({ path, lines: error.lines }, error)
  }
}

const fitting = (path: string, text: string) => {
  const bytes = Buffer.byteLength(text)
  if (bytes > maxFileBytes) throw fileTooBig({ path, bytes, limit: maxFileBytes })
  return text
}
