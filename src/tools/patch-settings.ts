import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** `tools.exec.applyPatch` (contract 18 §5). */
export const applyPatchSettings = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().default(false).describe("Offer apply_patch at all."),
      workspaceOnly: z
        .boolean()
        .default(true)
        .describe("Keep patches inside the workspace, even where tools.fs.workspaceOnly is off."),
      allowModels: z
        .array(z.string().trim().min(1))
        .default([])
        .describe("Models it is offered to, as model or provider/model. Empty: those of OpenAI."),
    })
    .prefault({})
    .describe("The apply_patch tool, which changes several files at once."),
)
