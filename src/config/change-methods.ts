import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { Fault } from "../kernel/fault.ts"
import { type CallContext, type Limit, method, pathFor } from "../kernel/method.ts"
import { Restarts } from "../kernel/restart.ts"
import type { Section } from "../kernel/section.ts"
import type { Supplied } from "../kernel/service.ts"
import { shownDifferences } from "./diff.ts"
import { badPatch, baseHashNeeded } from "./faults.ts"
import { shownSettings } from "./load.ts"
import { mergeEdits } from "./merge-patch.ts"
import { isTree, parsePath } from "./path.ts"
import { redactConfig } from "./redact.ts"
import { reloadOf } from "./reload.ts"
import { Reloader } from "./reloader.ts"
import { type ConfigState, Sections, Settings, type WriteOptions } from "./settings.ts"

/** One budget for everything that restarts the gateway (contract 05 §3). */
export const controlLimit: Limit = { max: 3, windowMs: 60_000, shared: "control" }

const change = onFirstUse(() =>
  z.object({
    raw: z
      .string()
      .min(1)
      .max(1_000_000)
      .describe("The new file; for a patch, the patch as JSON5."),
    baseHash: z
      .string()
      .optional()
      .describe("`hash` of the config.get it was made from; needed once there is a file."),
  }),
)

const changeAndRestart = onFirstUse(() =>
  change().extend({
    sessionKey: z
      .string()
      .min(1)
      .max(512)
      .optional()
      .describe("Session to wake after the restart."),
    note: z.string().max(10_000).optional().describe("What to tell it."),
    restartDelayMs: z.int().min(0).max(600_000).optional().describe("Default 2000."),
  }),
)
type Wishes = z.infer<ReturnType<typeof changeAndRestart>>

const outcome = onFirstUse(() =>
  z.object({
    applied: z.array(z.string()).readonly().describe("Settings that changed and count now."),
    waits: z.array(z.string()).readonly().describe("Settings that count after a restart."),
    restartInMs: z.number().optional().describe("That restart was asked for."),
    issues: z
      .array(z.object({ path: z.string(), message: z.string(), hint: z.string().optional() }))
      .readonly()
      .describe("Why the file as it is now does not count; empty when it does."),
  }),
)

const written = onFirstUse(() =>
  z.object({
    ok: z.literal(true),
    path: z.string(),
    hash: z.string(),
    config: z
      .record(z.string(), z.unknown())
      .describe("The settings as the file has them now, defaults included, secrets masked."),
  }),
)

const writtenAndRestarted = onFirstUse(() =>
  written().extend({
    restart: z.object({
      ok: z.boolean().describe("False when the gateway could not start again as things are."),
      reason: z.string(),
      delayMs: z.number().optional(),
      coalesced: z.boolean().optional().describe("It joined one that was already on its way."),
      problem: z.string().optional(),
    }),
    sentinel: z
      .object({ sessionKey: z.string(), note: z.string().optional() })
      .nullable()
      .describe("Whom the gateway tells once it is back."),
  }),
)

const dryRun = z
  .boolean()
  .default(false)
  .describe("Only say what would change, or why it cannot: nothing is written.")

const writtenOrTold = onFirstUse(() =>
  written()
    .extend(outcome().shape)
    .extend({
      changes: z
        .array(
          z.object({
            path: z.string(),
            before: z.unknown().optional().describe("Absent where it was not set."),
            after: z.unknown().optional().describe("Absent where it is no longer set."),
            reload: z.enum(["live", "part", "process"]).describe("When it counts."),
          }),
        )
        .describe("The settings that differ in the file, secrets masked."),
    }),
)

const atOnce = { settings: Settings, sections: Sections, reloader: Reloader }

export const set = method({
  name: "config.set",
  scope: "admin",
  summary: "Replace the config file; what can count at once does.",
  params: () => change().extend({ dryRun }),
  result: writtenOrTold,
  example: { raw: '{ gateway: { mode: "local" } }', baseHash: "<hash>" },
  needs: atOnce,
  async handle({ raw, baseHash, dryRun }, context) {
    const base = await baseOf(context.settings, baseHash, "config.set")
    return tell((write) => context.settings.replace(raw, write), { ...base, dryRun }, context)
  },
})

export const edit = method({
  name: "config.edit",
  scope: "admin",
  summary: "Change some settings in the config file; comments and the rest stay as written.",
  params: () =>
    z.object({
      edits: z
        .array(
          z.object({
            path: z
              .array(z.union([z.string(), z.int().min(0)]))
              .min(1)
              .max(100)
              .describe("Names on the way to it; a number is a place in a list."),
            value: z.unknown().optional().describe("Without it the setting is taken out."),
          }),
        )
        .min(1)
        .max(1000)
        .describe("What to change, one after the other."),
      baseHash: z.string().optional().describe("`hash` of the config.get it was made from."),
      dryRun,
    }),
  result: writtenOrTold,
  example: { edits: [{ path: ["logging", "level"], value: "debug" }], baseHash: "<hash>" },
  needs: atOnce,
  async handle({ edits, baseHash, dryRun }, context) {
    const base = await baseOf(context.settings, baseHash, "config.edit")
    const asked = edits.map(({ path, value }) => (value === undefined ? { path } : { path, value }))
    return tell((write) => context.settings.change(asked, write), { ...base, dryRun }, context)
  },
})

/** Writes and says what counts now, or only says what would change. */
const tell = async (
  write: (options: WriteOptions) => Promise<ConfigState>,
  options: WriteOptions,
  { settings, sections, reloader, caller }: Supplied<typeof atOnce> & Pick<CallContext, "caller">,
) => {
  const before = await settings.read()
  const after = await write(options)
  const differences = shownDifferences(before.source ?? {}, after.source ?? {}, sections)
  const changes = differences.map((one) => ({
    ...one,
    reload: reloadOf(parsePath(one.path), sections),
  }))
  const outcome = options.dryRun ? { applied: [], waits: [], issues: [] } : await reloader.look()
  return { ...show(after, sections, pathFor(caller, after.path)), changes, ...outcome }
}

const needs = {
  settings: Settings,
  sections: Sections,
  reloader: Reloader,
  restarts: Restarts,
}

export const patch = method({
  name: "config.patch",
  scope: "admin",
  summary: "Merge a JSON merge patch (RFC 7396) into the config file, and restart the gateway.",
  params: changeAndRestart,
  result: writtenAndRestarted,
  example: { raw: "{ gateway: { port: 19000 } }", baseHash: "<hash>" },
  limit: controlLimit,
  needs,
  async handle(wishes, context) {
    const base = await baseOf(context.settings, wishes.baseHash, "config.patch")
    const changes = parsePatch(wishes.raw)
    const state = await context.settings.change((now) => mergeEdits(changes, now), base)
    return restartWith(state, "config.patch", wishes, context)
  },
})

export const apply = method({
  name: "config.apply",
  scope: "admin",
  summary: "Replace the config file, and restart the gateway.",
  params: changeAndRestart,
  result: writtenAndRestarted,
  example: { raw: '{ gateway: { mode: "local" } }', baseHash: "<hash>" },
  limit: controlLimit,
  needs,
  async handle(wishes, context) {
    const base = await baseOf(context.settings, wishes.baseHash, "config.apply")
    const state = await context.settings.replace(wishes.raw, base)
    return restartWith(state, "config.apply", wishes, context)
  },
})

export const reload = method({
  name: "config.reload",
  scope: "admin",
  summary: "Look at the config file now, and say what of it counts and what waits for a restart.",
  params: () => z.object({}),
  result: outcome,
  example: {},
  needs: { reloader: Reloader },
  handle: (_, { reloader }) => reloader.look(),
})

/** A change is made from a reading, so that two people do not undo each other's. */
const baseOf = async (
  settings: Settings,
  baseHash: string | undefined,
  method: string,
): Promise<WriteOptions> => {
  const { exists, hash } = await settings.read()
  if (exists && baseHash === undefined) throw baseHashNeeded({ method })
  return { baseHash: baseHash ?? hash, afar: true }
}

export const parsePatch = (text: string) => {
  let patch: unknown
  try {
    patch = Bun.JSON5.parse(text)
  } catch (error) {
    throw badPatch({ reason: (error as Error).message }, error)
  }
  if (!isTree(patch)) throw badPatch({ reason: "it must be a group of settings: { … }" })
  return patch
}

const show = (state: ConfigState, sections: readonly Section[], path: string) => ({
  ok: true as const,
  path,
  hash: state.hash,
  config: redactConfig(state.values ? shownSettings(state, sections) : {}, sections),
})

const restartWith = async (
  state: ConfigState,
  reason: string,
  { sessionKey, note, restartDelayMs: delayMs }: Wishes,
  { sections, reloader, restarts, caller }: Supplied<typeof needs> & Pick<CallContext, "caller">,
) => {
  const sentinel = sessionKey === undefined ? null : { sessionKey, note }
  const restart = await restarts.request({ reason, delayMs, ...sentinel }).then(
    ({ delayMs, coalesced }) => ({ ok: true, reason, delayMs, coalesced }),
    (error: unknown) => {
      if (!(error instanceof Fault)) throw error
      return { ok: false, reason, problem: error.message }
    },
  )
  await reloader.look() // what can count at once, secrets above all, does not wait
  return { ...show(state, sections, pathFor(caller, state.path)), restart, sentinel }
}
