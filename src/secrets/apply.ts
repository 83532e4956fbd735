import { readFileSync, realpathSync } from "node:fs"
import type { Edit } from "../config/edit.ts"
import { formatPath, valueAt } from "../config/path.ts"
import type { Paths } from "../config/paths.ts"
import type { ConfigState, Settings } from "../config/settings.ts"
import type { Section } from "../kernel/section.ts"
import { type ConfigText, configTexts } from "./config-texts.ts"
import { applyFailed } from "./faults.ts"
import { envFileOf } from "./dotenv.ts"
import { withoutOldCredentials } from "./old-credentials.ts"
import type { Plan } from "./plan.ts"
import { movesIn, type Scrubbed, scrubbedCopy, scrubbedEnv, withRefs } from "./scrub.ts"
import { linesHolding, plaintextIn } from "./plaintext.ts"

export interface ApplyReport {
  ok: true
  mode: "write" | "dry-run"
  changed: boolean
  changedFiles: string[]
  warningCount: number
  warnings: string[]
}

interface Instance {
  settings: Settings
  sections: readonly Section[]
  paths: Pick<Paths, "state">
  /** Replaces a file in one step. */
  write: (path: string, text: string) => void
}

export interface ApplyOptions {
  /** Checks everything, writes nothing. */
  dryRun?: boolean
  /** The references are meant to give other secrets than those they replace. */
  newValues?: boolean
}

/**
 * Moves secrets out of the config (contract 08 §9). Every reference is fetched and the outcome
 * judged before anything is written. Then the config goes first: from there on it works without
 * what is scrubbed after it, so a run that is cut short is finished by running it again.
 */
export const applyPlan = async (
  plan: Plan,
  instance: Instance,
  { dryRun = false, newValues = false }: ApplyOptions = {},
): Promise<ApplyReport> => {
  const { before, edits, others, values, differing } = await prepare(plan, instance)
  const { text } = await instance.settings.change(edits, { baseHash: before.hash, dryRun: true })
  const files = [...(text === before.text ? [] : [before.path]), ...others.map(({ file }) => file)]
  const warnings = [...(newValues ? [] : differing), ...fromShell(plan, instance)]
  const copies = () => scrubbedCopies(plan, values, instance)
  if (dryRun) {
    files.push(...(await copies()).map(({ file }) => file))
    return report("dry-run", files, warnings)
  }
  await replaceAll(others, { ...instance, before, edits })
  for (const { file, text } of await copies()) {
    files.push(file)
    const problem = tryWrite(instance, file, text)
    if (problem) warnings.push(`${file} still holds a secret: ${problem}.`)
  }
  warnings.push(...(await leftInComments(values, instance)))
  return report("write", files, warnings)
}

/** Fetches every reference, judges the outcome, and works out what each file is to hold. */
const prepare = async (plan: Plan, { settings, sections, paths }: Instance) => {
  const before = await settings.read()
  const preview = await settings.change(editsOf(plan), { baseHash: before.hash, dryRun: true })
  const outcome = await settings.adopt(preview)
  const texts = await configTexts(before, paths)
  const { values, differing } = movedSecrets(plan, texts, outcome, sections)
  const included = await includedWithRefs(plan, texts, sections)
  const others = [...included, ...otherFiles(plan, values, outcome, paths)]
  const moves = plan.moves.filter((move) => !isOnlyIncluded(move, texts, before))
  return { before, edits: editsOf({ ...plan, moves }), others, values, differing }
}

const tryWrite = ({ write }: Instance, file: string, text: string) => {
  try {
    write(file, text)
    return undefined
  } catch (error) {
    return `it could not be written (${reasonOf(error)})`
  }
}

const report = (
  mode: ApplyReport["mode"],
  changedFiles: string[],
  warnings: string[],
): ApplyReport => ({
  ok: true,
  mode,
  changed: changedFiles.length > 0,
  changedFiles,
  warningCount: warnings.length,
  warnings,
})

const editsOf = ({ providerDeletes, providerUpserts, moves }: Plan): Edit[] => [
  ...providerDeletes.map((name) => ({ path: ["secrets", "providers", name] })),
  ...Object.entries(providerUpserts).map(([name, value]) => ({
    path: ["secrets", "providers", name],
    value,
  })),
  ...moves.map(({ path, ref }) => ({ path, value: ref })),
]

/** What the moved settings held, anywhere, and what their references give. */
const movedSecrets = (
  { moves }: Plan,
  texts: readonly ConfigText[],
  outcome: ConfigState,
  sections: readonly Section[],
) => {
  const differing: string[] = []
  const values = new Set<string>()
  const fetched = new Map(
    moves.map(({ path }) => [formatPath(path), valueAt(outcome.values, path)] as const),
  )
  for (const value of fetched.values()) if (typeof value === "string") values.add(value)
  for (const text of texts)
    for (const { path, value } of movesIn(text, moves, sections)) {
      const named = formatPath(path)
      if (text.kind !== "backup" && fetched.get(named) !== value)
        differing.push(`${named}: its reference gives another value than the one it replaces.`)
      values.add(value)
    }
  return { values, differing }
}

const isOnlyIncluded = (
  { path }: Plan["moves"][number],
  texts: readonly ConfigText[],
  { source }: ConfigState,
) =>
  valueAt(source, path) === undefined &&
  texts.some(({ kind, tree }) => kind === "included" && valueAt(tree, path) !== undefined)

/** The included files that write out a moved secret, with the reference there instead. */
const includedWithRefs = async (
  { moves }: Plan,
  texts: readonly ConfigText[],
  sections: readonly Section[],
): Promise<Scrubbed[]> => {
  const scrubbed: Scrubbed[] = []
  for (const text of texts.filter(({ kind }) => kind === "included")) {
    const here = movesIn(text, moves, sections)
    if (!here.length) continue
    const edited = await withRefs(text, here)
    if (edited === undefined)
      throw applyFailed({ file: text.file, reason: "it cannot be edited in place", undone: true })
    scrubbed.push({ file: text.file, text: edited })
  }
  return scrubbed
}

/** `.env` and what is left of an older layout. */
const otherFiles = (
  { moves, options }: Plan,
  values: ReadonlySet<string>,
  { composed }: ConfigState,
  { state }: Pick<Paths, "state">,
): Scrubbed[] => {
  const env = options.scrubEnv ? scrubbedEnv(state, values, composed) : undefined
  const providers = options.scrubAuthProfilesForProviderTargets ? moves : []
  const old = withoutOldCredentials(state, {
    profilesOf: new Map(
      providers.flatMap(({ providerId, ref }) =>
        providerId === undefined ? [] : [[providerId, ref]],
      ),
    ),
    auth: options.scrubLegacyAuthJson,
  })
  return [...(env ? [env] : []), ...[...old].map(([file, text]) => ({ file, text }))]
}

/** Replaces the config and the other files; when one cannot be, those before it are put back. */
const replaceAll = async (
  others: readonly Scrubbed[],
  { settings, before, edits, write }: Instance & { before: ConfigState; edits: Edit[] },
) => {
  const after = await settings.change(edits, { baseHash: before.hash })
  const undo: (() => unknown)[] = [() => settings.replace(before.text, { baseHash: after.hash })]
  let current = before.path
  try {
    for (const { file, text } of others) {
      current = file
      const target = realpathSync(file) // a link stays a link
      const original = readFileSync(target, "utf8")
      write(target, text)
      undo.push(() => write(target, original))
    }
    current = before.path
    await settings.adopt(await settings.read())
  } catch (error) {
    const undone = await putBack(undo)
    throw applyFailed({ file: current, reason: reasonOf(error), undone }, error)
  }
}

/** Every step is taken, whatever becomes of the ones before it. */
const putBack = async (undo: (() => unknown)[]) => {
  let undone = true
  for (const step of undo.reverse())
    try {
      await step()
    } catch {
      undone = false
    }
  return undone
}

/** Copies of the config, without what the config itself holds no more. */
const scrubbedCopies = async (
  { moves, providerUpserts }: Plan,
  values: ReadonlySet<string>,
  { settings, sections, paths }: Instance,
) => {
  const state = await settings.read()
  const stillThere = new Set(
    plaintextIn(state.composed ?? {}, sections)
      .filter(({ path }) => !moves.some((move) => formatPath(move.path) === formatPath(path)))
      .map(({ value }) => value),
  )
  const gone = [...values].filter((value) => !stillThere.has(value))
  const copies = (await configTexts(state, paths)).filter(({ kind }) => kind === "backup")
  const scrubbed = await Promise.all(
    copies.map((copy) =>
      scrubbedCopy(copy, { moves, providers: providerUpserts, values: gone, sections }),
    ),
  )
  return scrubbed.filter((one) => one !== undefined)
}

/** A comment may hold a secret too; whether it goes is for the person who wrote it. */
const leftInComments = async (values: ReadonlySet<string>, { settings, paths }: Instance) => {
  const texts = await configTexts(await settings.read(), paths)
  return texts
    .filter(({ kind }) => kind !== "backup")
    .flatMap(({ file, text }) => {
      const lines = linesHolding(text, values)
      return lines.length ? [`${file} still holds a moved secret in line ${lines.join(", ")}.`] : []
    })
}

/** A service does not see what this shell exports. */
const fromShell = ({ moves }: Plan, { paths }: Instance) => {
  const kept = new Set(envFileOf(paths.state).assignments.map(({ name }) => name))
  const names = new Set(moves.flatMap(({ ref }) => (ref.source === "env" ? [ref.id] : [])))
  return [...names.difference(kept)].map(
    (name) =>
      `${name} was found in the environment of this command: the gateway's own must have it too, or ${envFileOf(paths.state).file}.`,
  )
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
