import { command } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { unchangedText } from "./config-set.ts"

export const configUnset = command({
  args: {
    path: { type: "positional", required: true, description: "The setting, e.g. gateway.port" },
    json: { type: "boolean", description: "One JSON document on stdout" },
  },
  examples: [["fased config unset gateway.port", "go back to the default"]],
  async run({ path, json }, context) {
    const unchanged = await unchangedText(path, context)
    await changeConfig((settings) => settings.unset(path), { json, unchanged }, context)
  },
})
