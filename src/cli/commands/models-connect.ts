import type { Edit } from "../../config/edit.ts"
import { isTree, type Tree, valueAt } from "../../config/path.ts"
import { command, fased } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { primaryEdit, writtenChoice } from "../models-here.ts"
import { printable } from "../printable.ts"
import { openSettings } from "../settings.ts"

export const modelsConnect = command({
  about:
    "Looks for a model server, and writes where it is and which models it has into the config. The first one becomes the default model where none was chosen.",
  args: {
    server: {
      type: "positional",
      required: true,
      description: "ollama, lmstudio, vllm or llamacpp",
    },
    "base-url": { type: "string", valueHint: "url", description: "Where it answers, if not here" },
    "set-default": { type: "boolean", description: "Make its first model the default" },
    json: { type: "boolean", description: "The result as JSON" },
  },
  examples: [
    ["fased models connect ollama", "on this machine, at its usual port"],
    ["fased models connect vllm --base-url http://10.0.0.5:8000/v1", "elsewhere"],
  ],
  async run(args, context) {
    const [{ local }, { serverChoices }, { providerId }, { findModels }] = await Promise.all([
      import("../../onboard/choices.ts"),
      import("../../onboard/model-servers.ts"),
      import("../../models/ref.ts"),
      import("../../onboard/server-models.ts"),
    ])
    const id = providerId(args.server)
    const usual = local.find((choice) => choice.id === id)
    if (!usual)
      throw usage({
        problem: `"${printable(args.server, 40)}" is not a server this command looks for.`,
        hint: `It is one of: ${local.map((choice) => choice.id).join(", ")}. For others: ${fased(context, "configure --section model")}`,
      })
    const typed = args["base-url"]
    if (typed !== undefined && !/^https?:\/\//.test(typed))
      throw usage({ problem: "--base-url begins with http:// or https://." })
    const before = (await openSettings(context)).current().composed
    const written = valueAt(before ?? {}, ["models", "providers", id, "baseUrl"])
    const elsewhere = serverChoices(context.env).find((choice) => choice.id === id)?.baseUrl
    const baseUrl =
      typed ?? (typeof written === "string" ? written : undefined) ?? elsewhere ?? usual.baseUrl
    const models = await findModels({ ...usual, baseUrl }, { env: context.env })
    const edits = (config: Tree | null): Edit[] => {
      const home = ["models", "providers", id]
      const there = valueAt(config ?? {}, home)
      const wanted: Edit[] = [
        { path: [...home, "baseUrl"], value: baseUrl },
        { path: [...home, "models"], value: models },
      ]
      if (!isTree(there) || (there.apiKey === undefined && there.auth === undefined))
        wanted.push({ path: [...home, "auth"], value: "none" })
      if (args["set-default"] || !writtenChoice(config, "model").primary)
        wanted.push(primaryEdit(config, "model", `${id}/${models[0]!.id}`))
      return wanted.filter(({ path, value }) => !Bun.deepEquals(valueAt(config ?? {}, path), value))
    }
    const unchanged = () => `${usual.label} is connected already, with ${models.length} models.`
    await changeConfig(
      (settings) => settings.change(({ composed }) => edits(composed)),
      { json: args.json, unchanged },
      context,
    )
    if (!args.json)
      context.out.print(`See that it answers: ${fased(context, `models probe --provider ${id}`)}`)
  },
})
