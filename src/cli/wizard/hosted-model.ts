import { loadEnv } from "../../config/env.ts"
import { maskSecret } from "../../kernel/secret.ts"
import { knownProviders } from "../../models/catalog.ts"
import { models as modelsSection } from "../../models/config.ts"
import type { KeyAnswer, ModelAnswer } from "../../onboard/answers.ts"
import type { HostedChoice } from "../../onboard/choices.ts"
import { variableMissing } from "../../onboard/faults.ts"
import { ownStore } from "../../secrets/own-store.ts"
import { usage } from "../faults.ts"
import { missing, type Wizard, written } from "./wizard.ts"

/** A provider on the internet: its key, where that is kept, and the model to begin with. */
export const hostedModel = async (wizard: Wizard, choice: HostedChoice): Promise<ModelAnswer> => {
  const key = await chooseKey(wizard, choice)
  return {
    provider: choice.provider,
    model: await pickModel(wizard, choice),
    key,
  }
}

/** A key in one piece: what no header can carry was pasted wrong. */
export const problemWithKey = (key: string) =>
  /^[\x21-\x7e]+$/.test(key)
    ? undefined
    : key
      ? "A key has no spaces, line breaks or other letters in it. Copy it again, in one piece."
      : "A key is needed here."

const chooseKey = async (wizard: Wizard, choice: HostedChoice): Promise<KeyAnswer> => {
  const { args, ask, settings } = wizard
  const { env } = settings
  const variable = variablesOf(choice).find((name) => env[name]?.trim()) ?? choice.variable
  const inEnv = env[variable]?.trim()
  const given = args[choice.flag]?.trim()
  const problem = given === undefined ? undefined : problemWithKey(given)
  if (problem) throw usage({ problem: `--${choice.flag}: ${problem}` })
  if (args["secret-input-mode"] === "ref" && !ask) {
    if (!inEnv) throw variableMissing({ variable, flag: choice.flag })
    return { keep: "env", variable, value: inEnv }
  }
  const stored = await storedKey(wizard, choice.provider)
  if (given === undefined && stored && (!ask || (await keepStored(wizard, choice, stored))))
    return { keep: "as-is", value: stored }
  if (given === undefined && inEnv && (!ask || (await useVariable(wizard, variable, inEnv)))) {
    if (isKept(wizard, variable) && !args["secret-input-mode"])
      return { keep: "as-is", value: inEnv }
    return placeKey(wizard, { value: inEnv, variable })
  }
  const value = given ?? (ask ? await askKey(wizard, choice) : undefined)
  if (value === undefined)
    throw missing(`--${choice.flag}`, `the key for ${choice.label}`, `Or set ${choice.variable}.`)
  return placeKey(wizard, { value, variable: choice.variable })
}

/** The variable is in the `.env` file or the config's `env` block, where a service finds it too. */
const isKept = ({ settings, context }: Wizard, variable: string) =>
  context.env[variable] === undefined ||
  loadEnv({}, context.paths).env[variable] === settings.env[variable]

const askKey = ({ ask }: Wizard, { label, keyPage }: HostedChoice) =>
  ask!.secret({ message: `Paste your ${label} key (from ${keyPage})`, check: problemWithKey })

const keepStored = ({ ask }: Wizard, { label }: HostedChoice, stored: string) =>
  ask!.confirm({ message: `Use the ${label} key that is stored (${maskSecret(stored)})?` })

const useVariable = ({ ask }: Wizard, variable: string, value: string) =>
  ask!.confirm({ message: `Use the key in ${variable} (${maskSecret(value)})?` })

/** Where a key is kept. Asked only where there is more than one sensible place. */
export const placeKey = async (
  wizard: Wizard,
  { value, variable }: { value: string; variable: string },
): Promise<KeyAnswer> => {
  const { args, ask, advanced, context, settings } = wizard
  const byReference = args["secret-input-mode"] === "ref"
  if (!ask || args["secret-input-mode"] === "plaintext" || (!advanced && !byReference))
    return { keep: "config", value }
  const keep = await ask.select<"config" | "file" | "env">({
    message: "Where shall the key be kept?",
    options: [
      ...(byReference
        ? []
        : [{ value: "config" as const, label: "In the config", hint: "which only you can read" }]),
      { value: "file", label: "In a file of its own", hint: ownStore(context.paths.state) },
      { value: "env", label: "In an environment variable", hint: "the config only names it" },
    ],
    initial: settings.env[variable]?.trim() === value ? "env" : undefined,
  })
  return keep === "env" ? named(wizard, { value, variable }) : { keep, value }
}

/** The variable is looked up before anything refers to it. */
const named = async (
  { ask, settings: { env }, context: { paths } }: Wizard,
  { value, variable }: { value: string; variable: string },
): Promise<KeyAnswer> => {
  const name = await ask!.text({
    message: "Name of the variable",
    initial: variable,
    check: (text) =>
      !/^[A-Z][A-Z0-9_]{0,127}$/.test(text)
        ? "A variable is named like OPENAI_API_KEY: capital letters, digits and _."
        : env[text]?.trim()
          ? undefined
          : `${text} is not set here. Write it into ${paths.state}/.env first, or name another.`,
  })
  return { keep: "env", variable: name, value: env[name]?.trim() ?? value }
}

/** The key that the config has for a provider, wherever it keeps it; undefined when that cannot be had. */
export const storedKey = async (wizard: Wizard, provider: string): Promise<string | undefined> => {
  if (written(wizard, "models", "providers", provider, "apiKey") === undefined) return undefined
  try {
    await wizard.settings.activate([modelsSection])
    return wizard.settings.section(modelsSection).providers[provider]?.apiKey?.trim() || undefined
  } catch {
    return undefined // Whoever sets a provider up anew does so because its key is gone.
  }
}

const builtIn = (provider: string) =>
  knownProviders(modelsSection.schema.parse({})).find(({ id }) => id === provider)

const variablesOf = ({ provider, variable }: HostedChoice) => builtIn(provider)?.env ?? [variable]

const pickModel = async (wizard: Wizard, choice: HostedChoice): Promise<string> => {
  const { args, ask, advanced } = wizard
  const { provider } = choice
  if (args.model) return withoutProvider(args.model, provider)
  const known = builtIn(provider)?.models ?? []
  const usual = modelInUse(wizard, provider) ?? known[0]!.id
  if (!ask || !advanced || known.length < 2) return usual
  return ask.select({
    message: "Which of its models?",
    options: known.slice(0, 12).map(({ id, name }) => ({ value: id, label: name, hint: id })),
    initial: usual,
  })
}

/** `openai/gpt-5.5` and `gpt-5.5` are the same to someone who chose OpenAI. */
export const withoutProvider = (model: string, provider: string) =>
  model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model

/** The model of this provider that the config names, which a new key is no reason to change. */
const modelInUse = (wizard: Wizard, provider: string) => {
  const chosen = written(wizard, "agents", "defaults", "model")
  const ref = typeof chosen === "string" ? chosen : (chosen as { primary?: unknown })?.primary
  return typeof ref === "string" && ref.startsWith(`${provider}/`)
    ? ref.slice(provider.length + 1)
    : undefined
}
