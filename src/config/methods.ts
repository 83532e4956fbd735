import * as z from "zod"
import { Clock } from "../kernel/clock.ts"
import { type Caller, holds, method, pathFor, Prepared } from "../kernel/method.ts"
import type { Section } from "../kernel/section.ts"
import { unknownPath } from "./faults.ts"
import { hintsOf, lookUp, versionOf } from "./hints.ts"
import { shownSettings } from "./load.ts"
import { maskedText } from "./raw.ts"
import { redactConfig } from "./redact.ts"
import { fileSchema, type JsonSchema } from "./schema.ts"
import { type ConfigState, type Issue, Sections, Settings } from "./settings.ts"

const open = z.record(z.string(), z.unknown())

const issue = z.object({
  path: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  file: z.string().optional().describe("Where it is not the config file itself."),
  line: z.int().optional(),
  column: z.int().optional(),
})

const hint = z.object({
  help: z.string().optional(),
  sensitive: z.boolean().optional(),
  reload: z.string().optional(),
})

const shown = z.object({
  path: z.string(),
  exists: z.boolean(),
  valid: z.boolean().describe("False when the file as it is now cannot be used."),
  raw: z.string().optional().describe("The file's text, secrets masked; for scope admin."),
  hash: z.string().describe("Send it back as baseHash to change the file as it was read here."),
  parsed: open.describe("What the file says, secrets masked."),
  config: open.describe("The settings in use, defaults included, secrets masked."),
  issues: z.array(issue),
  warnings: z.array(issue),
  legacyIssues: z.array(issue),
})

type Shown = z.infer<typeof shown>

export const get = method({
  name: "config.get",
  scope: "read",
  summary: "Show the config file and the settings in use, without secrets.",
  params: () => z.object({}),
  result: () => shown,
  example: {},
  needs: { settings: Settings, sections: Sections },
  handle: async (_, { settings, sections, caller }) => {
    const state = await settings.read()
    return present(state, { used: settings.current(), sections, caller })
  },
})

interface Viewing {
  /** The reading in force. */
  used: ConfigState
  sections: readonly Section[]
  caller: Caller
}

/** Made once for each reading of the file: pages and clients ask far more often than it changes. */
const present = (state: ConfigState, { used, sections, caller }: Viewing) => {
  const made = presented.get(state)
  const fits = made?.used === used && made.sections === sections
  const texts = fits ? made.texts : new Map<boolean, Promise<Prepared<Shown>>>()
  if (!fits) presented.set(state, { used, sections, texts })
  const isAdmin = holds(caller.scopes, "admin")
  return texts.getOrInsertComputed(isAdmin, () => show(state, { used, sections, caller }))
}
const presented = new WeakMap<
  ConfigState,
  Omit<Viewing, "caller"> & { texts: Map<boolean, Promise<Prepared<Shown>>> }
>()

const show = async (state: ConfigState, { used, sections, caller }: Viewing) => {
  const { exists, hash, source, values } = state
  const told = (issues: readonly Issue[]) =>
    issues.map(({ kind: _, file, ...issue }) => ({
      ...issue,
      ...(file !== undefined && { file: pathFor(caller, file) }),
    }))
  const mayChange = holds(caller.scopes, "admin")
  const raw = mayChange && exists ? await maskedText(state, sections) : undefined
  return new Prepared<Shown>(
    JSON.stringify({
      path: pathFor(caller, state.path),
      exists,
      valid: values !== undefined,
      hash,
      ...(raw !== undefined && { raw }),
      parsed: redactConfig(source ?? {}, sections),
      config: redactConfig(used.values ? shownSettings(used, sections) : {}, sections),
      issues: told(state.issues),
      warnings: told(state.warnings),
      legacyIssues: told(state.issues.filter(({ kind }) => kind === "legacy")),
    } satisfies Shown),
  )
}

export const schema = method({
  name: "config.schema",
  scope: "admin",
  summary: "JSON Schema of the config file, with hints for editors.",
  params: () => z.object({}),
  result: () =>
    z.object({
      schema: open,
      uiHints: z.record(z.string(), hint),
      version: z.string(),
      generatedAt: z.string(),
    }),
  example: {},
  needs: { sections: Sections, clock: Clock },
  handle(_, { sections, clock }) {
    const schema = fileSchema(sections)
    return schemaTexts.getOrInsertComputed(schema, () => {
      const generatedAt = new Date(clock.now()).toISOString()
      const uiHints = hintsOf(schema)
      for (const { id, reload } of sections) uiHints[id] = { reload, ...uiHints[id] }
      const whole = { schema, uiHints, version: versionOf(schema), generatedAt }
      return new Prepared(JSON.stringify(whole))
    })
  },
})
/** It is long, and stays the same until a plugin joins. */
const schemaTexts = new WeakMap<JsonSchema, Prepared>()

export const lookup = method({
  name: "config.schema.lookup",
  scope: "read",
  summary: "One place in the config's schema: what is allowed there and what lies below.",
  params: () =>
    z.object({
      path: z
        .string()
        .min(1)
        .max(1024)
        .regex(/^[A-Za-z0-9_./[\]\-*"$:@]+$/)
        .describe("Setting, e.g. `gateway.auth`; `.` is the whole file, `*` any entry."),
    }),
  result: () =>
    z.object({
      path: z.string(),
      schema: open,
      hint: hint.optional(),
      hintPath: z.string().optional(),
      children: z.array(
        z.object({
          key: z.string(),
          path: z.string(),
          type: z.union([z.string(), z.array(z.string())]).optional(),
          required: z.boolean(),
          hasChildren: z.boolean(),
          hint: hint.optional(),
          hintPath: z.string().optional(),
        }),
      ),
    }),
  example: { path: "gateway.auth" },
  needs: { sections: Sections },
  handle({ path }, { sections }) {
    const found = lookUp(fileSchema(sections), path)
    if (!found) throw unknownPath({ path })
    return found
  },
})
