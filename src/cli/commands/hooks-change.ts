import { resolve } from "node:path"
import { command, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { confirmed } from "../confirmed.ts"
import { hookNamed } from "../hooks.ts"
import { printable } from "../printable.ts"

const name = { type: "positional", required: true, description: "The hook" } as const
const json = { type: "boolean", description: "One JSON document on stdout" } as const

const setEnabled = (name: string, enabled: boolean, json: boolean | undefined, context: Context) =>
  changeConfig(
    (settings) =>
      settings.change([
        { path: ["hooks", "internal", "entries", name, "enabled"], value: enabled },
      ]),
    { json, unchanged: () => `${name} is ${enabled ? "on" : "off"} already.` },
    context,
  )

export const hooksEnable = command({
  args: { name, json },
  examples: [["fased hooks enable session-memory", "keep what was said before a reset"]],
  async run({ name, json }, context) {
    await hookNamed(name, context)
    await setEnabled(name, true, json, context)
  },
})

export const hooksDisable = command({
  args: { name, json },
  examples: [["fased hooks disable session-memory", "run it no more"]],
  async run({ name, json }, context) {
    await hookNamed(name, context)
    await setEnabled(name, false, json, context)
  },
})

export const hooksInstall = command({
  about: "A folder with a HOOK.md and a handler.ts. It runs as you, within the gateway's process.",
  args: {
    folder: { type: "positional", required: true, description: "Where it lies" },
    yes: { type: "boolean", description: "Do not ask" },
    json,
  },
  examples: [["fased hooks install ./my-hook", "put it into its place, and switch it on"]],
  async run({ folder, yes, json }, context) {
    const { out, paths, env } = context
    const { stageHook } = await import("../../hooks/install.ts")
    const staged = await stageHook(resolve(folder), { paths, env })
    const { name, description, events } = staged.hook
    try {
      const say = json ? out.note : out.print
      say(`${name}: ${printable(description, 300)}`)
      say(`  Is told: ${events.join(", ")}`)
      say("  It runs as you, and can do all that you can.")
      await confirmed(`Install ${name}?`, {
        yes,
        context,
        words: `hooks install ${folder} --yes`,
      })
      await staged.commit()
    } finally {
      await staged.drop()
    }
    await setEnabled(name, true, json, context)
  },
})
