import { command } from "../command.ts"

export const configSchema = command({
  about:
    "JSON Schema, with every default and description. Editors can check the config file with it.",
  args: {
    path: {
      type: "positional",
      required: false,
      description: "Only this setting, e.g. gateway.auth",
    },
    json: { type: "boolean", description: "Accepted, as everywhere: it is JSON anyway" },
  },
  examples: [
    ["fased config schema gateway", "one section"],
    ["fased config schema > fased.schema.json", "for your editor"],
  ],
  async run({ path }, { out }) {
    const [{ fileSchema, formsAt }, { sections }, { parsePath }] = await Promise.all([
      import("../../config/schema.ts"),
      import("../../registry.ts"),
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
