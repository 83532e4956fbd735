import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"

export const configSchema = command({
  about:
    "JSON Schema, with every default and description. Editors can check the config file with it.",
  args: {
    path: {
      type: "positional",
      required: false,
      description: "Only this setting, e.g. gateway.auth",
    },
    install: {
      type: "boolean",
      description: "Put it beside the config, which then names it; the gateway keeps it current",
    },
    json: { type: "boolean", description: "Accepted, as everywhere: it is JSON anyway" },
  },
  examples: [
    ["fased config schema gateway", "one section"],
    ["fased config schema --install", "have your editor complete and check the config"],
  ],
  async run({ path, install: wanted, json }, context) {
    const { out } = context
    if (wanted) return install(json ?? false, context)
    const [{ fileSchema, formsAt }, { sections }, { parsePath }] = await Promise.all([
      import("../../config/schema.ts"),
      import("../../registry/sections.ts"),
      import("../../config/path.ts"),
    ])
    const schema = fileSchema(sections)
    if (path === undefined) return out.json(schema)
    const { requireSetting } = await import("../known-setting.ts")
    requireSetting(path, sections)
    const found = formsAt(schema, parsePath(path))
    out.json(found.length === 1 ? found[0] : { anyOf: found })
  },
})

const install = async (json: boolean, context: Context) => {
  const { out, paths, version } = context
  const [{ nameSchema, writeSchema }, { sections }] = await Promise.all([
    import("../../config/schema-file.ts"),
    import("../../registry/sections.ts"),
  ])
  const path = writeSchema({ paths, sections, version })
  const named = await nameSchema(await openSettings(context))
  if (json) return out.json({ path, named })
  out.print(`Wrote ${printable(path)}`)
  if (named) out.print(`${printable(paths.config)} names it.`)
}
