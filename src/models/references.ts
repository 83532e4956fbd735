import { nearest } from "../config/nearest.ts"
import type { AgentsConfig } from "../agents/config.ts"
import { assignedRefs } from "./assignments.ts"
import type { KnownProvider } from "./catalog.ts"
import { type Called, modelNotAllowed, unclearModel, unknownModel } from "./faults.ts"
import { guideEntry, guideProvider } from "./guide.ts"
import { canonicalRef, defaultAliases, formatRef, parseRef } from "./ref.ts"
import type { ModelEntry } from "./service.ts"

interface Ground {
  agents: () => AgentsConfig
  providers: () => readonly KnownProvider[]
  /** Every model there is, connected or not. */
  entries: () => readonly ModelEntry[]
  defaultRef: () => string
}

/** What people's names for models mean. */
export interface References {
  /** Short names and what they stand for; the config's own win over those that every gateway knows. */
  aliases(): ReadonlyMap<string, string>
  /** The references people may choose from; undefined when they may choose any. */
  allowed(): ReadonlySet<string> | undefined
  /** A bare name is an alias, or a model of the default provider. Throws `models.unknown`. */
  resolve(typed: string): Called
  /** The reference, if it means a model and may be chosen. Throws `models.unknown`, `models.not-allowed`. */
  check(typed: string): string
  /** The refusal of a name that means nothing, with what is close to it. */
  unknown(typed: string): Error
  /** The one model that a few letters mean. Throws what `check` throws, and `models.unclear`. */
  match(typed: string): string
}

export const createReferences = ({
  agents,
  providers,
  entries,
  defaultRef,
}: Ground): References => {
  const worked = new WeakMap<
    AgentsConfig,
    { aliases: ReadonlyMap<string, string>; allowed: ReadonlySet<string> | undefined }
  >()
  const current = () =>
    worked.getOrInsertComputed(agents(), (config) => {
      const aliases = aliasesOf(config)
      return { aliases, allowed: allowedBy(config, aliases) }
    })

  const refs = (fits: (entry: ModelEntry) => boolean = () => true) =>
    entries()
      .filter(fits)
      .map(({ provider, id }) => formatRef({ provider, model: id }))

  const unknown = (typed: string) => {
    const wanted = typed.toLowerCase()
    const holding = wanted ? refs().filter((ref) => ref.toLowerCase().includes(wanted)) : []
    const close = nearest(typed, refs())
    return unknownModel({
      ref: typed,
      near: [...new Set([...(close ? [close] : []), ...holding])].slice(0, 3),
    })
  }

  const resolve = (typed: string): Called => {
    const ref = parseRef(typed)
    if ("model" in ref) {
      if (!ref.model) throw unknown(typed)
      return ref
    }
    if (!ref.name) throw unknown(typed)
    const alias = current().aliases.get(ref.name.toLowerCase())
    const target = parseRef(alias ?? defaultRef())
    if (!("model" in target)) throw unknown(typed)
    return alias ? target : { ...target, model: ref.name }
  }

  /** A bare name is not passed on to a provider that takes any: it would be a typing mistake. */
  const isKnown = ({ provider: id, model }: Called, typed: string) => {
    if (id === guideProvider) return model === guideEntry.id
    const provider = providers().find((provider) => provider.id === id)
    if (provider?.models.some((entry) => entry.id === model)) return true
    if (!typed.includes("/") && !current().aliases.has(typed.trim().toLowerCase())) return false
    return provider !== undefined && takesAnyName(provider)
  }

  const check = (typed: string) => {
    const called = resolve(typed)
    if (!isKnown(called, typed)) throw unknown(typed)
    const ref = formatRef(called)
    const { allowed } = current()
    if (allowed && !allowed.has(ref) && !allowed.has(`${called.provider}/*`))
      throw modelNotAllowed({ ref })
    return ref
  }

  const match = (typed: string) => {
    const text = typed.trim()
    if (text.includes("/") || current().aliases.has(text.toLowerCase())) return check(text)
    const { allowed } = current()
    const choices = allowed ? [...allowed] : refs(({ available }) => available)
    // A model whose provider is not connected can be meant as well, where no other is.
    const found =
      [choices, ...(allowed ? [] : [refs()])]
        .map((among) => closest(text, among))
        .find((some) => some.length) ?? []
    if (found.length > 1) throw unclearModel({ typed: text, near: found.slice(0, 5) })
    return check(found[0] ?? text)
  }

  return {
    aliases: () => current().aliases,
    allowed: () => current().allowed,
    resolve,
    check,
    unknown,
    match,
  }
}

/** Built-in providers get new models faster than we get releases; a server without a list may have any. */
export const takesAnyName = (provider: KnownProvider) =>
  provider.builtIn || provider.local || !provider.models.length

/** The references that letters mean: the model's whole name first, then its beginning, then all parts. */
const closest = (typed: string, refs: readonly string[]) => {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "")
  const wanted = plain(typed)
  if (!wanted) return []
  const parts = typed
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const nameOf = (ref: string) => plain(ref.slice(ref.lastIndexOf("/") + 1))
  const tests: ((ref: string) => boolean)[] = [
    (ref) => nameOf(ref) === wanted,
    (ref) => nameOf(ref).startsWith(wanted),
    (ref) => parts.every((part) => ref.toLowerCase().includes(part)),
  ]
  return tests.map((fits) => refs.filter(fits)).find((found) => found.length) ?? []
}

const aliasesOf = ({ defaults }: AgentsConfig): ReadonlyMap<string, string> => {
  const written = Object.entries(defaults.models)
  const listed = new Set(written.map(([ref]) => canonicalRef(ref)))
  const own = written.flatMap(([ref, { alias }]) =>
    alias ? [[alias.toLowerCase(), canonicalRef(ref)] as const] : [],
  )
  const taken = new Set(own.map(([alias]) => alias))
  const usual = Object.entries(defaultAliases).filter(
    ([alias, ref]) => !taken.has(alias) && (!listed.size || listed.has(ref)),
  )
  return new Map([...own, ...usual])
}

/** The list itself, and what the config names as anybody's model: that was chosen already. */
const allowedBy = (
  config: AgentsConfig,
  aliases: ReadonlyMap<string, string>,
): ReadonlySet<string> | undefined => {
  const listed = Object.keys(config.defaults.models)
  if (!listed.length) return undefined
  return new Set(
    [...listed, ...assignedRefs(config)].map(
      (ref) => aliases.get(ref.toLowerCase()) ?? canonicalRef(ref),
    ),
  )
}
