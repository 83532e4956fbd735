import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { describePermissions, pluginsHere } from "../plugins.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

const json = { json: { type: "boolean", description: "One JSON document on stdout" } } as const

const stateOf = ({ found, off }: Awaited<ReturnType<typeof pluginsHere>>[number]) =>
  found.problem ? "broken" : off ? "off" : "on"

export const pluginsList = command({
  args: json,
  examples: [["fased plugins list", "which are installed, and which can be"]],
  async run(args, context) {
    const { out } = context
    const [here, { bundledNames }] = await Promise.all([
      pluginsHere(context),
      import("../../plugins/bundled.ts"),
    ])
    const ready = bundledNames.filter((id) => !here.some(({ found }) => found.id === id))
    if (args.json)
      return out.json({
        plugins: here.map((one) => ({
          id: one.found.id,
          state: stateOf(one),
          version: one.found.manifest?.version,
          problem: one.found.problem ?? one.off,
        })),
        available: ready,
      })
    const { accent, good, bad, muted } = out.paint
    const colour = { on: good, off: muted, broken: bad }
    const rows = here.map((one) => [
      [one.found.id, accent] as const,
      [stateOf(one), colour[stateOf(one)]] as const,
      one.found.manifest?.version ?? "",
      printable(one.found.problem ?? one.off ?? one.found.manifest.description, 200),
    ])
    if (rows.length)
      for (const line of table(["PLUGIN", "STATE", "VERSION", ""], rows, {
        width: out.width,
        muted,
      }))
        out.print(line)
    else out.print("No plugin is installed.")
    if (ready.length)
      out.print(
        `Can be installed: ${ready.map((id) => fased(context, `plugins install ${id}`)).join(", ")}`,
      )
  },
})

export const pluginsInfo = command({
  args: {
    id: { type: "positional", required: true, description: "The plugin" },
    ...json,
  },
  examples: [["fased plugins info whatsapp", "what it is, and what it says it needs"]],
  async run({ id, json }, context) {
    const { out } = context
    const one = (await pluginsHere(context)).find(({ found }) => found.id === id)
    if (!one) throw notThere(id, context)
    const { found, off } = one
    if (json) return out.json({ ...found, state: stateOf(one), ...(off && { problem: off }) })
    out.print(`${out.paint.accent(found.id)} ${out.paint.muted(found.folder)}`)
    if (!found.manifest) return out.print(out.paint.bad(printable(found.problem, 500)))
    const { name, version, description } = found.manifest
    out.print(`${printable(name, 60)} ${version}: ${printable(description, 300)}`)
    for (const line of describePermissions(found.manifest)) out.print(`  ${line}`)
    if (off) out.print(out.paint.warn(`It is not used: ${off}.`))
  },
})

export const pluginsDoctor = command({
  about: "Reads every plugin as the gateway would, and says what keeps one from being used.",
  args: json,
  examples: [["fased plugins doctor", "exit code 1 when one is broken"]],
  async run({ json }, context) {
    const { out } = context
    const broken = (await pluginsHere(context)).flatMap(({ found }) =>
      found.problem ? [{ id: found.id, problem: found.problem }] : [],
    )
    if (json) out.json({ ok: !broken.length, broken })
    else if (!broken.length) out.print(`${out.paint.good("✓")} Every plugin can be used.`)
    for (const { id, problem } of json ? [] : broken)
      out.print(`${out.paint.bad("✗")} ${id}: ${printable(problem, 500)}`)
    return broken.length ? 1 : 0
  },
})

export const notThere = (id: string, context: Parameters<typeof fased>[0]) =>
  usage({
    problem: `No plugin is named "${printable(id, 60)}".`,
    hint: `See which there are: ${fased(context, "plugins list")}`,
  })
