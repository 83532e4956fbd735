import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import {
  type ChoiceName,
  fallbacksEdit,
  modelsHere,
  noteMissing,
  writtenChoice,
} from "../models-here.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"

const json = { type: "boolean", description: "The result as JSON" } as const
const model = {
  type: "positional",
  required: true,
  description: "provider/model, or a short name",
} as const

/** The commands that see to one choice's fallbacks. */
const fallbacksOf = (name: ChoiceName) => {
  const word = name === "model" ? "fallbacks" : "image-fallbacks"
  const change = (
    work: (now: readonly string[]) => readonly string[],
    options: { json?: boolean; unchanged: string },
    context: Context,
  ) =>
    changeConfig(
      (settings) =>
        settings.change(({ composed }) => {
          const before = writtenChoice(composed, name).fallbacks
          const after = work(before)
          return Bun.deepEquals(before, after) ? [] : [fallbacksEdit(composed, name, after)]
        }),
      { json: options.json, unchanged: () => options.unchanged },
      context,
    )

  return {
    list: command({
      args: { json },
      examples: [[`fased models ${word} list`, "in the order they are tried"]],
      async run(args, context) {
        const { out } = context
        const { composed } = (await openSettings(context)).current()
        const { primary, fallbacks } = writtenChoice(composed, name)
        if (args.json) return out.json({ primary, fallbacks })
        if (!fallbacks.length)
          return out.print(
            `No ${word.replace("-", " ")}. Add one with: fased models ${word} add <model>`,
          )
        for (const [at, ref] of fallbacks.entries())
          out.print(`${at + 1}. ${out.paint.accent(printable(ref, 100))}`)
      },
    }),
    add: command({
      about: "It is tried when the ones before it fail.",
      args: { model, json },
      examples: [[`fased models ${word} add gpt-mini`, "by a short name, or as provider/model"]],
      async run(args, context) {
        const models = await modelsHere(context)
        const ref = models.match(args.model)
        const add = (now: readonly string[]) => (now.includes(ref) ? now : [...now, ref])
        await change(add, { json: args.json, unchanged: `${ref} is one already.` }, context)
        noteMissing(models, ref, context)
      },
    }),
    remove: command({
      args: { model, json },
      examples: [[`fased models ${word} remove gpt-mini`, "the others move up"]],
      async run(args, context) {
        const { composed } = (await openSettings(context)).current()
        const { fallbacks } = writtenChoice(composed, name)
        const ref = (await modelsHere(context)).aliases().get(args.model.toLowerCase())
        const gone = fallbacks.find((one) => one === args.model || one === ref)
        if (!gone)
          throw usage({
            problem: `${args.model} is not among the ${word.replace("-", " ")}.`,
            hint: `See them with: fased models ${word} list`,
          })
        const remove = (now: readonly string[]) => now.filter((one) => one !== gone)
        await change(remove, { json: args.json, unchanged: `${gone} is gone already.` }, context)
      },
    }),
    clear: command({
      args: { json },
      examples: [[`fased models ${word} clear`, "only the first model is tried from now on"]],
      run: (args, context) =>
        change(() => [], { json: args.json, unchanged: "There are none." }, context),
    }),
  }
}

export const fallbacks = fallbacksOf("model")
export const imageFallbacks = fallbacksOf("imageModel")
