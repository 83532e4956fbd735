import type { Models } from "../models/service.ts"
import type { Edit } from "../config/edit.ts"
import type { Path, Tree } from "../config/path.ts"
import { isTree, valueAt } from "../config/path.ts"
import { type Context, fased } from "./command.ts"

/** The models this instance knows, without a gateway; keys kept elsewhere are fetched if they can be. */
export const modelsHere = async (context: Pick<Context, "env" | "paths">): Promise<Models> => {
  const [{ offlineServices }, { Models }, { Settings }, { models }] = await Promise.all([
    import("./check-services.ts"),
    import("../models/service.ts"),
    import("../config/settings.ts"),
    import("../models/config.ts"),
  ])
  const services = await offlineServices(context)
  // Which models there are does not hang on a key that cannot be had just now.
  await services
    .get(Settings)
    .activate([models])
    .catch(() => undefined)
  return services.get(Models)
}

/** Says what is missing where a model that was just chosen cannot be called. */
export const noteMissing = (models: Models, ref: string, context: Context) => {
  const { out } = context
  const provider = ref.slice(0, ref.indexOf("/"))
  const status = models.status().find((one) => one.provider === provider)
  if (status?.status !== "missing") return
  out.note(`${out.notePaint.warn("note:")} ${provider} cannot be called yet: ${status.detail}.`)
  out.note(status.next ?? `See how to connect it: ${fased(context, "models status")}`)
}

/** Which of the two choices of the agents' defaults a command is about. */
export type ChoiceName = "model" | "imageModel"

const choicePath = (name: ChoiceName): Path => ["agents", "defaults", name]

/** A choice as it is written, taken apart. */
export const writtenChoice = (config: Tree | null, name: ChoiceName) => {
  const value = valueAt(config ?? {}, choicePath(name))
  const { primary, fallbacks } = isTree(value) ? value : { primary: value, fallbacks: undefined }
  return {
    primary: typeof primary === "string" ? primary : undefined,
    fallbacks: Array.isArray(fallbacks) ? fallbacks.filter((one) => typeof one === "string") : [],
  }
}

/** Names a choice's first model; its fallbacks stay. */
export const primaryEdit = (config: Tree | null, name: ChoiceName, ref: string): Edit => {
  const written = valueAt(config ?? {}, choicePath(name))
  const path = isTree(written) ? [...choicePath(name), "primary"] : choicePath(name)
  return { path, value: ref }
}

/** Names a choice's fallbacks; its first model stays. */
export const fallbacksEdit = (
  config: Tree | null,
  name: ChoiceName,
  fallbacks: readonly string[],
): Edit => {
  const written = valueAt(config ?? {}, choicePath(name))
  if (isTree(written)) return { path: [...choicePath(name), "fallbacks"], value: [...fallbacks] }
  const primary = typeof written === "string" ? { primary: written } : {}
  return { path: choicePath(name), value: { ...primary, fallbacks: [...fallbacks] } }
}
