import { isTree, type Tree, valueAt } from "../../config/path.ts"
import { command } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { modelsHere } from "../models-here.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

const json = { type: "boolean", description: "The result as JSON" } as const
const home = ["agents", "defaults", "models"]

export const aliasesList = command({
  args: { json },
  examples: [["fased models aliases list", "the config's own first, then those every gateway has"]],
  async run(args, context) {
    const { out } = context
    const aliases = [...(await modelsHere(context)).aliases()]
    if (args.json) return out.json({ aliases: Object.fromEntries(aliases) })
    const rows = aliases.map(([alias, ref]) => [
      [printable(alias, 40), out.paint.accent] as const,
      printable(ref, 100),
    ])
    for (const line of table(["ALIAS", "MODEL"], rows, {
      width: out.width,
      muted: out.paint.muted,
    }))
      out.print(line)
  },
})

export const aliasesAdd = command({
  args: {
    alias: { type: "positional", required: true, description: "The short name" },
    model: { type: "positional", required: true, description: "provider/model" },
    json,
  },
  examples: [["fased models aliases add fast openai/gpt-5.4-mini", "then: /model fast"]],
  async run({ alias, model, json }, context) {
    const { out } = context
    if (!/^[^\s/@#]{1,40}$/.test(alias))
      throw usage({ problem: "<alias> is one word without /, @ and #.", hint: "For example: fast" })
    const models = await modelsHere(context)
    const ref = model.includes("/") ? models.check(model) : models.match(model)
    let wasOpen = false
    await changeConfig(
      (settings) =>
        settings.change(({ composed }) => {
          const written = valueAt(composed ?? {}, home)
          const listed = isTree(written) ? written : {}
          wasOpen = !Object.keys(listed).length
          const holder = Object.entries(listed).find(
            ([other, entry]) => other !== ref && isTree(entry) && entry.alias === alias,
          )
          return [
            ...(holder ? [{ path: [...home, holder[0], "alias"] }] : []),
            { path: [...home, ref, "alias"], value: alias },
          ]
        }),
      { json, unchanged: () => `${alias} means ${ref} already; nothing was changed.` },
      context,
    )
    if (wasOpen)
      out.note(
        `${out.notePaint.warn("note:")} agents.defaults.models is also the list of models people may choose; ${ref} is the first on it. Add others with: fased models aliases add`,
      )
  },
})

export const aliasesRemove = command({
  args: { alias: { type: "positional", required: true, description: "The short name" }, json },
  examples: [["fased models aliases remove fast", "the model stays on the list"]],
  async run({ alias, json }, context) {
    let found = false
    await changeConfig(
      (settings) =>
        settings.change(({ composed }) => {
          const written = valueAt(composed ?? {}, home)
          const listed = isTree(written) ? written : {}
          const holder = Object.entries(listed).find(
            ([, entry]) =>
              isTree(entry) && String(entry.alias).toLowerCase() === alias.toLowerCase(),
          )
          found = holder !== undefined
          if (!holder) return []
          // A list that this alias began ends with it: people may choose any model again.
          const isAll =
            Object.keys(listed).length === 1 &&
            Bun.deepEquals(Object.keys(holder[1] as Tree), ["alias"])
          return [{ path: isAll ? home : [...home, holder[0], "alias"] }]
        }),
      { json, unchanged: () => `No alias of yours is called ${printable(alias, 40)}.` },
      context,
    )
    return found ? 0 : 1
  },
})
