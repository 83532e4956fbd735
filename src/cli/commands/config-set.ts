import { parsePath, valueAt, withValue } from "../../config/path.ts"
import type { Tree } from "../../config/path.ts"
import { redactConfig, redacted } from "../../config/redact.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import { runningHolder } from "../instance.ts"
import { printable, printableJson } from "../printable.ts"
import { openSettings } from "../settings.ts"

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
  async run(args, context) {
    const value = readValue(args.value, args["strict-json"] ?? false)
    await changeSetting(args.path, { value }, context)
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

/** Writes one change and says what it was and when it takes effect. */
export const changeSetting = async (
  path: string,
  change: { value?: unknown },
  context: Context,
) => {
  const { out, paths } = context
  const settings = await openSettings(context)
  const before = settings.current().source ?? {}
  const after =
    "value" in change ? await settings.set(path, change.value) : await settings.unset(path)
  const { sections } = await import("../../registry.ts")
  const keys = parsePath(path)
  const shown = (source: Tree) => {
    const value = valueAt(source, keys)
    if (value === undefined) return "not set"
    const masked = valueAt(
      redactConfig(withValue({}, [keys[0]!], { value: source[String(keys[0])] }), sections),
      keys,
    )
    return masked === redacted ? "(secret)" : printable(printableJson(masked), 200)
  }
  const [was, is] = [shown(before), shown(after.source ?? {})]
  const { accent, muted } = out.paint
  if (Bun.deepEquals(valueAt(before, keys), valueAt(after.source, keys)))
    return out.print(`${accent(path)} is ${is} already; nothing was changed.`)
  out.print(`${accent(path)}: ${was} ${muted("→")} ${is}`)
  if (!runningHolder(paths.state)) return
  const { reloadOf } = await import("../../config/reload.ts")
  const isLive = reloadOf(keys, sections) === "live"
  out.print(isLive ? "Takes effect at once." : "Takes effect when the gateway restarts.")
}
