import type { ModelAnswer } from "../../onboard/answers.ts"
import { knownProviders } from "../../models/catalog.ts"
import { models } from "../../models/config.ts"
import { variableMissing } from "../../onboard/faults.ts"
import { usage } from "../faults.ts"
import { placeKey, problemWithKey, storedKey } from "./hosted-model.ts"
import { missing, type Wizard, written } from "./wizard.ts"

const isWebAddress = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

/** Any other server that speaks one of the two wire formats most speak. */
export const customModel = async (wizard: Wizard): Promise<ModelAnswer> => {
  const { args, ask } = wizard
  const baseUrl = args["custom-base-url"] ?? (ask && (await askBaseUrl(wizard)))
  if (!baseUrl) throw missing("--custom-base-url", "where the model server answers")
  if (!isWebAddress(baseUrl))
    throw usage({ problem: `--custom-base-url: ${problemWithUrl(baseUrl)}` })
  const compatibility = args["custom-compatibility"] ?? (ask ? await askFormat(wizard) : "openai")
  const model =
    args["custom-model-id"] ??
    args.model ??
    (ask &&
      (await ask.text({
        message: "Name of the model, as that server knows it",
        check: (text) => (text ? undefined : "A name is needed here."),
      })))
  if (!model) throw missing("--custom-model-id", "the model, as that server knows it")
  const provider = args["custom-provider-id"] ?? nameFor(baseUrl)
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(provider))
    throw usage({
      problem: `--custom-provider-id cannot be "${provider}".`,
      hint: "It is letters, digits, `.`, `_` and `-`.",
    })
  const key = await chooseKey(wizard, provider)
  const asksForNone = written(wizard, "models", "providers", provider, "auth") === "none"
  return {
    provider,
    model,
    settings: {
      baseUrl,
      api: compatibility === "anthropic" ? "anthropic-messages" : "openai-completions",
      ...(!key && { auth: "none" as const }),
      ...(key && asksForNone && { auth: "api-key" as const }),
    },
    ...(key && { key }),
  }
}

const problemWithUrl = (text: string) =>
  isWebAddress(text) ? undefined : "An address begins with http:// or https://."

const askBaseUrl = ({ ask }: Wizard) =>
  ask!.text({
    message: "Its address",
    placeholder: "https://models.example.com/v1",
    check: problemWithUrl,
  })

const askFormat = ({ ask }: Wizard) =>
  ask!.select<"openai" | "anthropic">({
    message: "What does it speak?",
    options: [
      { value: "openai", label: "OpenAI's chat completions", hint: "nearly all do" },
      { value: "anthropic", label: "Anthropic's messages" },
    ],
  })

/** Left empty, it is a server that asks for none. */
const chooseKey = async (wizard: Wizard, provider: string): Promise<ModelAnswer["key"]> => {
  const { args, ask, settings } = wizard
  const variable = variableOf(provider)
  const inEnv = settings.env[variable]?.trim()
  const given = args["custom-api-key"]?.trim()
  if (args["secret-input-mode"] === "ref" && !ask) {
    if (given && !inEnv) throw variableMissing({ variable, flag: "custom-api-key" })
    return inEnv ? { keep: "env", variable, value: inEnv } : undefined
  }
  const stored = given ? undefined : await storedKey(wizard, provider)
  if (stored) return { keep: "as-is", value: stored }
  const value =
    given ??
    (await ask?.secret({
      message: "Its key (leave empty if it asks for none)",
      check: (text) => (text ? problemWithKey(text) : undefined),
    }))
  return value ? placeKey(wizard, { value, variable }) : undefined
}

/** Where a provider of this name looks for its key by itself. */
const variableOf = (provider: string) =>
  knownProviders(models.schema.parse({ providers: { [provider]: {} } }))[0]!.env[0]!

/** `https://models.example.com/v1` becomes `models-example-com`. */
const nameFor = (baseUrl: string) => {
  const { hostname, port } = new URL(baseUrl)
  const name = hostname.replace(/[^a-z0-9]+/gi, "-").replace(/^-+|-+$/g, "")
  return /^\d/.test(name) || !name ? ["custom", port].filter(Boolean).join("-") : name
}
