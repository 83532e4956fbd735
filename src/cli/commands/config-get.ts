import { configInvalid } from "../../config/faults.ts"
import { parsePath, valueAt } from "../../config/path.ts"
import { command } from "../command.ts"
import { fault } from "../../kernel/fault.ts"
import { printableText } from "../printable.ts"
import { openSettings } from "../settings.ts"

const notSet = fault<{ path: string }>("cli.not-set", {
  status: 404,
  message: ({ path }) => `${path} is not set, and it has no default.`,
  hint: ({ path }) => `Set it with: fased config set ${path} <value>`,
})

export const configGet = command({
  about: "Shows what applies, defaults included. Secrets are masked unless --unredacted is given.",
  args: {
    path: { type: "positional", required: false, description: "The setting, e.g. gateway.port" },
    unredacted: { type: "boolean", description: "Show secrets as they are" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [
    ["fased config get gateway.port", "one value"],
    ["fased config get models --json", "a section as JSON"],
  ],
  async run({ path, unredacted, json }, context) {
    const { out } = context
    const settings = await openSettings(context)
    const state = settings.current()
    if (!state.values) throw configInvalid(state)
    const [{ redactConfig }, { shownSettings }, { sections }] = await Promise.all([
      import("../../config/redact.ts"),
      import("../../config/load.ts"),
      import("../../registry/sections.ts"),
    ])
    const all = shownSettings(state, sections)
    const keys = path === undefined ? [] : parsePath(path)
    if (path !== undefined) (await import("../known-setting.ts")).requireSetting(path, sections)
    // Only the section asked for is made and masked.
    const wanted = keys.length ? { [String(keys[0])]: all[String(keys[0])] } : all
    const shown = unredacted ? wanted : redactConfig(wanted, sections)
    const value = valueAt(shown, keys)
    if (value === undefined) throw notSet({ path: path ?? "" })
    if (json || typeof value === "object") out.json(value)
    else out.print(printableText(String(value)))
  },
})
