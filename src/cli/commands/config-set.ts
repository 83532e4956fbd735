import { parsePath, valueAt } from "../../config/path.ts"
import { redactConfig } from "../../config/redact.ts"
import type { ConfigState } from "../../config/settings.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { changeConfig, describeSetting } from "../config-change.ts"
import { usage } from "../faults.ts"

export const configSet = command({
  about:
    "The value is read as JSON5, or taken as text when it is not. Comments and order in the file stay.",
  args: {
    path: { type: "positional", required: true, description: "The setting, e.g. gateway.port" },
    value: { type: "positional", required: true, description: "Its new value" },
    "strict-json": { type: "boolean", alias: "json", description: "The value must be JSON" },
  },
  examples: [
    ["fased config set gateway.port 19000", "a number"],
    ["fased config set agents.defaults.model openai/gpt-5", "text"],
    [`fased config set gateway.auth '{mode:"password"}'`, "a group"],
  ],
  async run({ path, value, "strict-json": strict }, context) {
    const read = readValue(value, strict ?? false)
    const unchanged = await unchangedText(path, context)
    await changeConfig((settings) => settings.set(path, read), { unchanged }, context)
  },
})

/** Numbers, true, false, null, lists, groups and quoted text; anything else is text as it stands. */
const readValue = (text: string, strict: boolean): unknown => {
  try {
    return strict ? JSON.parse(text) : Bun.JSON5.parse(text)
  } catch (error) {
    if (!strict) return text
    throw usage({
      problem: `<value> is not JSON: ${(error as Error).message}`,
      hint: `Text needs quotes of its own: fased config set ${"<path>"} '"text"' --strict-json`,
    })
  }
}

/** `gateway.port is 19000 already; nothing was changed.` */
export const unchangedText = async (path: string, { out }: Context) => {
  const { sections } = await import("../../registry/sections.ts")
  return ({ composed }: ConfigState) => {
    const value = valueAt(redactConfig(composed ?? {}, sections), parsePath(path))
    return `${out.paint.accent(path)} is ${describeSetting(value)} already; nothing was changed.`
  }
}
