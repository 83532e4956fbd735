import { formatPath, isTree, type Path, valueAt } from "../config/path.ts"
import { describeRef, refProblem, type SecretRef } from "../kernel/secret.ts"
import { ownProvider, ownRef, ownStore, variableFor } from "../secrets/own-store.ts"
import { plaintextIn, type Plaintext } from "../secrets/plaintext.ts"
import { type Plan, scrubAll } from "../secrets/plan.ts"
import type { Context } from "./command.ts"
import type { Choice, Prompts } from "./prompts.ts"
import type { SecretsInstance } from "./secrets.ts"

/** What the answers come to. */
export interface Draft {
  plan: Plan
  /** Secrets that go to fased's own file. */
  kept: Plaintext[]
}

type Providers = Record<string, Record<string, unknown>>

interface Scope {
  askProviders: boolean
  askSecrets: boolean
}

/** Asks where secrets are kept, and which goes where; nothing when there is nothing to do. */
export const interview = async (
  prompts: Prompts,
  { settings, sections }: SecretsInstance,
  { paths }: Pick<Context, "paths">,
  { askProviders, askSecrets }: Scope,
): Promise<Draft | undefined> => {
  const state = settings.current()
  const written = valueAt(state.composed, ["secrets", "providers"])
  const existing = (isTree(written) ? written : {}) as Providers
  const open = askSecrets ? plaintextIn(state.composed ?? {}, sections) : []
  prompts.intro("Secrets")
  if (askSecrets)
    prompts.say(
      open.length
        ? `Written out in the config:\n${open.map(({ path }) => `  ${formatPath(path)}`).join("\n")}`
        : "No secret is written out in the config.",
    )
  const changed = askProviders ? await askForProviders(prompts, existing) : noProviders
  const providers = { ...existing, ...changed.upserts }
  for (const name of changed.deletes) delete providers[name]

  const moves: Plan["moves"][number][] = []
  const kept: Plaintext[] = []
  for (const secret of open) {
    const place = await askForPlace(prompts, secret.path, providers)
    if (place === "own") {
      kept.push(secret)
      moves.push({ path: secret.path, ref: ownRef(secret.path, state) })
    } else if (place !== "stay") moves.push({ path: secret.path, ref: place })
  }
  const plan: Plan = {
    moves,
    providerUpserts: {
      ...changed.upserts,
      ...(kept.length ? ownProvider(state, paths.state) : {}),
    },
    providerDeletes: changed.deletes,
    options: scrubAll,
  }
  const lines = preview(plan, kept, ownStore(paths.state))
  if (!lines.length) return void prompts.outro("Nothing to change.")
  prompts.note("The plan", lines)
  return { plan, kept }
}

const preview = (
  { moves, providerUpserts, providerDeletes }: Plan,
  kept: readonly Plaintext[],
  own: string,
) => [
  ...Object.entries(providerUpserts).map(([name, { source }]) => `+ provider ${name} (${source})`),
  ...providerDeletes.map((name) => `- provider ${name}`),
  ...moves.map(({ path, ref }) => `${formatPath(path)} → ${describeRef(ref)}`),
  ...(kept.length ? [`${kept.length === 1 ? "One goes" : `${kept.length} go`} to ${own}`] : []),
]

const noProviders: { upserts: Providers; deletes: string[] } = { upserts: {}, deletes: [] }

const askForProviders = async (prompts: Prompts, existing: Providers) => {
  const upserts: Providers = {}
  const deletes: string[] = []
  for (;;) {
    const names = Object.keys({ ...existing, ...upserts }).filter((name) => !deletes.includes(name))
    const todo = await prompts.select({
      message: "Places secrets are kept in",
      options: [
        {
          value: "done",
          label: "Go on",
          hint: names.length ? names.join(", ") : "the built-in ones",
        },
        { value: "file", label: "Add a file" },
        { value: "exec", label: "Add a command, as of a password manager or vault" },
        { value: "env", label: "Add a choice of environment variables" },
        ...(names.length ? [{ value: "delete" as const, label: "Take one away" }] : []),
      ] as const satisfies readonly Choice<string>[],
    })
    if (todo === "done") return { upserts, deletes }
    if (todo === "delete") {
      const name = await prompts.select({
        message: "Which",
        options: names.map((value) => ({ value, label: value })),
      })
      if (Object.hasOwn(existing, name)) deletes.push(name)
      delete upserts[name]
      continue
    }
    const name = await prompts.text({ message: "Its name", check: nameProblem })
    upserts[name] = await askForProvider[todo](prompts)
    if (deletes.includes(name)) deletes.splice(deletes.indexOf(name), 1)
  }
}

const nameProblem = (name: string) =>
  /^[a-z][a-z0-9_-]{0,63}$/.test(name)
    ? undefined
    : "Lower-case letters, digits, - and _; a letter first."

const isAbsolute = (path: string) => (path.startsWith("/") ? undefined : "An absolute path.")

const askForProvider = {
  async file(prompts: Prompts) {
    const path = await prompts.text({ message: "Where the file is", check: isAbsolute })
    const mode = await prompts.select({
      message: "What is in it",
      options: [
        { value: "json", label: "JSON", hint: "several secrets" },
        { value: "singleValue", label: "One secret and nothing else" },
      ],
    })
    return { source: "file", path, mode }
  },
  async exec(prompts: Prompts) {
    const path = await prompts.text({ message: "The command's path", check: isAbsolute })
    const args = await prompts.text({
      message: "Its arguments, if any",
      placeholder: "separated by spaces",
    })
    const speaks = await prompts.select({
      message: "What it prints",
      options: [
        { value: "json", label: "JSON", hint: "protocol version 1" },
        { value: "text", label: "The bare secret, for one id" },
      ],
    })
    return {
      source: "exec",
      command: path,
      ...(args && { args: args.split(/\s+/) }),
      ...(speaks === "text" && { jsonOnly: false }),
    }
  },
  async env(prompts: Prompts) {
    const names = await prompts.text({
      message: "The only variables it may read",
      placeholder: "OPENAI_API_KEY GITHUB_TOKEN",
      check: (text) => (text ? undefined : "At least one name."),
    })
    return { source: "env", allowlist: names.split(/[\s,]+/) }
  },
} satisfies Record<string, (prompts: Prompts) => Promise<Record<string, unknown>>>

const askForPlace = async (
  prompts: Prompts,
  path: Path,
  providers: Providers,
): Promise<SecretRef | "own" | "stay"> => {
  const place = await prompts.select({
    message: formatPath(path),
    options: [
      { value: "own", label: "secrets.json", hint: "fased moves it there" },
      { value: "env", label: "An environment variable", hint: "that has it already" },
      ...Object.entries(providers).map(([name, { source }]) => ({
        value: `provider:${name}`,
        label: name,
        hint: `${String(source)}; has it already`,
      })),
      { value: "stay", label: "Leave it in the config" },
    ],
  })
  if (place === "own" || place === "stay") return place
  const provider = place === "env" ? undefined : place.slice("provider:".length)
  const source = (
    provider === undefined ? "env" : providers[provider]!.source
  ) as SecretRef["source"]
  const withId = (id: string): SecretRef => ({ source, ...(provider && { provider }), id })
  const id = await prompts.text({
    message: questions[source],
    initial: source === "env" ? variableFor(path) : undefined,
    check: (text) => refProblem(withId(text)),
  })
  return withId(id)
}

const questions: Record<SecretRef["source"], string> = {
  env: "The variable's name",
  file: "Its JSON pointer, such as /github/token, or value",
  exec: "What the command knows it by",
}
