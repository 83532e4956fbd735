import { command } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { type ChoiceName, modelsHere, noteMissing, primaryEdit } from "../models-here.ts"

const setter = (name: ChoiceName, about: string) =>
  command({
    about,
    args: {
      model: { type: "positional", required: true, description: "provider/model, or a short name" },
      json: { type: "boolean", description: "The result as JSON" },
    },
    examples: [
      [`fased models ${name === "model" ? "set" : "set-image"} openai/gpt-5.5`, "by its full name"],
      [`fased models ${name === "model" ? "set" : "set-image"} sonnet`, "by a short name"],
    ],
    async run({ model, json }, context) {
      const { out } = context
      const models = await modelsHere(context)
      const ref = models.match(model)
      const unchanged = () => `${out.paint.accent(ref)} is it already; nothing was changed.`
      await changeConfig(
        (settings) => settings.change(({ composed }) => [primaryEdit(composed, name, ref)]),
        { json, unchanged },
        context,
      )
      noteMissing(models, ref, context)
    },
  })

export const modelsSet = setter("model", "Fallbacks stay as they are.")
export const modelsSetImage = setter(
  "imageModel",
  "Used only where the model that answers cannot look at pictures.",
)
