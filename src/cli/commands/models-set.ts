import { command, fased } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { type ChoiceName, modelsHere, primaryEdit } from "../models-here.ts"

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
      const provider = ref.slice(0, ref.indexOf("/"))
      const unchanged = () => `${out.paint.accent(ref)} is it already; nothing was changed.`
      await changeConfig(
        (settings) => settings.change(({ composed }) => [primaryEdit(composed, name, ref)]),
        { json, unchanged },
        context,
      )
      const status = models.status().find((one) => one.provider === provider)
      if (status?.status === "missing") {
        out.note(
          `${out.notePaint.warn("note:")} ${provider} cannot be called yet: ${status.detail}.`,
        )
        out.note(status.next ?? `See how to connect it: ${fased(context, "models status")}`)
      }
    },
  })

export const modelsSet = setter("model", "Fallbacks stay as they are.")
export const modelsSetImage = setter(
  "imageModel",
  "Used only where the model that answers cannot look at pictures.",
)
