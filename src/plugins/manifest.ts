import * as z from "zod"
import { hookEventName } from "../kernel/hook-event.ts"
import { onFirstUse } from "../kernel/later.ts"

/** What this fased offers to plugins, counted up when a plugin has to be changed for it. */
export const pluginApi = 1
export const manifestFile = "fased.plugin.json"

const id = () =>
  z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,39}$/, "must be lower-case letters, digits and -, as in my-network")

const text = (longest: number) => z.string().trim().min(1).max(longest)
const file = () =>
  z
    .string()
    .regex(/^(?!\.)[\w-][\w.-]*(?:\/(?!\.)[\w-][\w.-]*)*$/, "must be a path inside the plugin")

/** How ids of people and rooms look: one form for each, so that two spellings of one are the same. */
export const idForms = ["as-is", "lower", "number", "phone"] as const

/** A way to write where something goes. The first that fits counts. */
const target = z.strictObject({
  prefix: text(20).optional().describe("What it begins with, left out of the id: `group:`."),
  suffix: text(20).optional().describe("What its id ends with: `@g.us`."),
  form: z.enum(idForms).default("as-is"),
  kind: z.enum(["direct", "group", "channel"]),
})

const can = [
  "edit",
  "remove",
  "react",
  "thread",
  "typing",
  "poll",
  "buttons",
  "media",
  "dedupe",
  "login",
] as const

const channelFacts = z.strictObject({
  label: text(40),
  setup: text(300).describe("How it is set up, in one line."),
  aliases: z.array(id()).max(5).default([]),
  credentials: z
    .array(
      z.strictObject({
        setting: text(60),
        prompt: text(200),
        optional: z.literal(true).optional(),
      }),
    )
    .max(10)
    .default([]),
  limits: z.strictObject({
    text: z.int().min(20).max(1_000_000).describe("Longest message."),
    lines: z.int().min(1).optional(),
    caption: z.int().min(1).optional(),
    poll: z.strictObject({ least: z.int().min(1), most: z.int().min(1) }).optional(),
  }),
  can: z
    .array(z.enum(can))
    .default([])
    .transform((list) => Object.fromEntries(list.map((name) => [name, true as const]))),
  ids: z
    .strictObject({
      form: z.enum(idForms).default("as-is"),
      prefixes: z.array(text(20)).max(5).default([]).describe("What may stand before an id."),
    })
    .prefault({}),
  targets: z.array(target).min(1).max(10),
  defaults: z.record(z.string(), z.json()).default({}).describe("Other defaults than most have."),
})

/** What a plugin says of itself, read and checked without running any of it. */
export const manifest = onFirstUse(() =>
  z.strictObject({
    id: id(),
    name: text(60),
    version: z.string().regex(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/, "must be like 1.2.3"),
    description: text(300),
    api: z.int().refine((api) => api === pluginApi, {
      error: `this fased speaks version ${pluginApi} of the plugin interface`,
    }),
    entry: file().default("index.ts"),
    kind: z.literal("channel").default("channel"),
    /** What it says it needs; shown before it is installed. */
    permissions: z
      .strictObject({
        network: z.array(text(200)).max(50).default([]).describe("Hosts it speaks to."),
        programs: z.array(text(100)).max(20).default([]).describe("Programs it starts."),
        notes: z.array(text(300)).max(10).default([]).describe("What else is to be known."),
      })
      .prefault({}),
    hooks: z
      .array(z.string().regex(hookEventName, "is no event of the form type or type:action"))
      .max(50)
      .default([])
      .describe("Events it wants to be told of, once its hook is switched on."),
    channel: channelFacts,
    /** Its own settings, as JSON Schema; a secret one says `secret: true`. */
    configSchema: z.looseObject({
      type: z.literal("object"),
      properties: z.record(z.string(), z.looseObject({})).default({}),
    }),
  }),
)
export type Manifest = z.output<ReturnType<typeof manifest>>
