/** `hooks.internal`: code on this machine that is told what happens. The folder `hooks` runs it. */
import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"

export const internalHooks = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe("Run the hooks that are switched on."),
      entries: z
        .record(
          z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "use a-z, 0-9 and `-`"),
          z
            .strictObject({
              enabled: z.boolean().default(false).describe("Run this hook."),
              messages: z
                .int()
                .min(1)
                .max(200)
                .optional()
                .describe("How many messages `session-memory` keeps. Default: 15."),
              paths: z
                .array(z.string().min(1).max(500))
                .max(50)
                .optional()
                .describe(
                  "Files that `bootstrap-extra-files` adds, by paths in the workspace with * and **, e.g. `packages/*/AGENTS.md`.",
                ),
            })
            .describe("One hook."),
        )
        .default({})
        .describe("Hooks by name. Each is off until it is switched on here."),
      load: z
        .strictObject({
          extraDirs: z
            .array(z.string().min(1))
            .default([])
            .describe("More folders with hooks, behind all others."),
          workspaces: z
            .boolean()
            .default(false)
            .describe("Also look in `hooks` of the agents' workspaces, which agents can write to."),
        })
        .prefault({})
        .describe("Where hooks are looked for."),
    })
    .prefault({})
    .describe("Hooks on this machine, told what happens in the gateway."),
)
export type InternalHooks = z.infer<ReturnType<typeof internalHooks>>
export const InternalHooks = service<InternalHooks>("internal hooks")
