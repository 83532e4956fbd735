import { command, fased } from "../command.ts"
import { hookNamed, hooksHere } from "../hooks.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

const json = { type: "boolean", description: "One JSON document on stdout" } as const

export const hooksList = command({
  args: {
    eligible: { type: "boolean", description: "Only those that can run on this machine" },
    json,
  },
  examples: [["fased hooks list", "which there are, and which are on"]],
  async run({ eligible, json }, context) {
    const { out } = context
    const { hooks: all, broken, enabled } = await hooksHere(context)
    const hooks = eligible ? all.filter(({ state }) => state !== "lacking") : all
    if (json) return out.json({ enabled, hooks, broken })
    const { accent, good, bad, muted } = out.paint
    const colour = { on: good, off: muted, lacking: bad }
    const rows = hooks.map(({ name, state, source, description }) => [
      [name, accent] as const,
      [state, colour[state]] as const,
      source,
      printable(description, 200),
    ])
    for (const line of table(["HOOK", "STATE", "FROM", ""], rows, { width: out.width, muted }))
      out.print(line)
    if (!enabled) out.print("None of them runs: hooks.internal.enabled is false.")
    if (broken.length)
      out.print(
        `${broken.length} cannot be read: ${fased(context, "hooks check")} says what is wrong.`,
      )
  },
})

export const hooksInfo = command({
  args: { name: { type: "positional", required: true, description: "The hook" }, json },
  examples: [["fased hooks info session-memory", "what it does, and what it is told"]],
  async run({ name, json }, context) {
    const { out } = context
    const hook = await hookNamed(name, context)
    if (json) return out.json(hook)
    out.print(`${out.paint.accent(hook.name)} ${out.paint.muted(hook.file ?? "comes with fased")}`)
    out.print(printable(hook.description, 1000))
    out.print(`  State: ${hook.state}`)
    out.print(`  Is told: ${hook.events.join(", ")}`)
    if (hook.missing.length)
      out.print(out.paint.warn(`  Needs: ${printable(hook.missing.join(", "), 500)}`))
    if (hook.state === "off") out.print(`Switch it on: ${fased(context, `hooks enable ${name}`)}`)
  },
})

export const hooksCheck = command({
  about: "Reads every hook as the gateway would, and says what keeps one from running.",
  args: { json },
  examples: [["fased hooks check", "exit code 1 when one cannot run"]],
  async run({ json }, context) {
    const { out } = context
    const { hooks, broken } = await hooksHere(context)
    const lacking = hooks.filter(({ state }) => state === "lacking")
    const ok = !broken.length && !lacking.length
    if (json) out.json({ ok, broken, lacking })
    else if (ok) out.print(`${out.paint.good("✓")} Every hook can run.`)
    for (const { why } of json ? [] : broken)
      out.print(`${out.paint.bad("✗")} ${printable(why, 500)}`)
    for (const { name, missing } of json ? [] : lacking)
      out.print(`${out.paint.bad("✗")} ${name} needs ${printable(missing.join(", "), 500)}.`)
    return ok ? 0 : 1
  },
})
