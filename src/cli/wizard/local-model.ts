import type { ModelAnswer } from "../../onboard/answers.ts"
import type { LocalChoice } from "../../onboard/choices.ts"
import { serverNotFound } from "../../onboard/faults.ts"
import { type FoundServer, modelsAt, serverChoices } from "../../onboard/model-servers.ts"
import { withoutProvider } from "./hosted-model.ts"
import type { Wizard } from "./wizard.ts"

/** A server on this machine: one of the models it offers. */
export const localModel = async (
  wizard: Wizard,
  { id, label, baseUrl: usual }: LocalChoice,
  servers: readonly FoundServer[],
): Promise<ModelAnswer> => {
  const { args, ask, settings } = wizard
  const elsewhere = serverChoices(settings.env).find((choice) => choice.id === id)?.baseUrl
  const baseUrl = args["custom-base-url"] ?? elsewhere ?? usual
  const models = servers.find((server) => server.id === id)?.models ?? (await modelsAt(baseUrl))
  const [first] = models
  if (first === undefined) throw serverNotFound({ label, baseUrl, flag: "--custom-base-url" })
  const named = args.model && withoutProvider(args.model, id)
  const model =
    named ??
    (ask && models.length > 1
      ? await ask.select({
          message: "Which of its models?",
          options: models.slice(0, 20).map((value) => ({ value, label: value })),
        })
      : first)
  const { findModels } = await import("../../onboard/server-models.ts")
  // A server that says no more of its models than their names can be used all the same.
  const listed = await findModels({ id, label, baseUrl }, { env: settings.env }).catch(() =>
    models.map((name) => ({ id: name })),
  )
  const all = listed.some((one) => one.id === model) ? listed : [{ id: model }, ...listed]
  return { provider: id, model, settings: { baseUrl, auth: "none", models: all } }
}
