import * as z from "zod"
import { section } from "../kernel/section.ts"

const ids = (description: string) => z.array(z.string().min(1)).describe(description)

export const plugins = section({
  id: "plugins",
  summary: "Channels that are installed beside this program.",
  reload: "part",
  schema: () =>
    z.strictObject({
      enabled: z.boolean().default(true).describe("Use plugins at all."),
      allow: ids("Only these, by id. Unset: all that are installed.").optional(),
      deny: ids("Never these, whatever else is said.").default([]),
      entries: z
        .record(
          z.string().min(1).describe("Plugin by id."),
          z
            .strictObject({ enabled: z.boolean().default(true).describe("Use this plugin.") })
            .describe("One plugin."),
        )
        .default({})
        .describe("Single plugins."),
    }),
})
export type PluginsConfig = z.infer<typeof plugins.schema>

/** Whether the config wants this plugin; words say what speaks against it. */
export const refusal = (config: PluginsConfig, id: string): string | undefined => {
  if (!config.enabled) return "plugins.enabled is false"
  if (config.deny.includes(id)) return "plugins.deny names it"
  if (config.allow && !config.allow.includes(id)) return "plugins.allow does not name it"
  const entry = Object.hasOwn(config.entries, id) ? config.entries[id] : undefined
  return entry?.enabled === false ? `plugins.entries.${id}.enabled is false` : undefined
}
