import { readFileSync } from "node:fs"
import { join } from "node:path"
import { formatPath, isTree } from "../config/path.ts"
import type { AuditFinding, Audited } from "./audit.ts"
import { sameSecret } from "./compare.ts"
import type { ConfigText } from "./config-texts.ts"
import { envFileOf } from "./dotenv.ts"
import { oldCredentials } from "./old-credentials.ts"
import { linesHolding, plaintextIn, variablesOf } from "./plaintext.ts"

/** Secrets left where nothing reads them any more, and the files that were looked through. */
export const residue = (
  texts: readonly ConfigText[],
  fetched: ReadonlyMap<string, string>,
  audited: Audited,
): { findings: AuditFinding[]; files: string[] } => {
  const { state } = audited.surroundings.paths
  const store = join(state, "secrets.json")
  const env = envFileOf(state)
  const old = oldCredentials(state)
  const entries = pointersIn(parsed(store))
  return {
    findings: [
      ...inTexts(texts, fetched, audited),
      ...repeatedInEnv(env, fetched, audited),
      ...unusedIn(store, entries, audited),
      ...old.map(({ file, place }) =>
        left(file, place, "is a key in a file of an older layout, which nothing reads any more"),
      ),
    ],
    files: [
      ...(env.text ? [env.file] : []),
      ...(entries.length ? [store] : []),
      ...old.map(({ file }) => file),
    ],
  }
}

const left = (file: string, jsonPath: string, message: string): AuditFinding => ({
  code: "LEGACY_RESIDUE",
  severity: "warn",
  file,
  jsonPath,
  message,
})

/**
 * Copies of the config that say what it says no more, and comments that still do. What the config
 * writes out itself is no residue: once that moves, the copies are cleaned as well.
 */
const inTexts = (
  texts: readonly ConfigText[],
  fetched: ReadonlyMap<string, string>,
  { state, sections }: Audited,
) => {
  const written = (tree: ConfigText["tree"]) => plaintextIn(tree ?? {}, sections)
  const live = written(state.composed)
  const livePaths = new Set(live.map(({ path }) => formatPath(path)))
  const liveValues = new Set(live.map(({ value }) => value))
  const moved = [...fetched.values()].filter((value) => !liveValues.has(value))
  return texts.flatMap(({ file, kind, tree, text }) => {
    const lines = linesHolding(text, moved)
    if (kind !== "backup")
      return lines.length
        ? [left(file, "", `holds a secret in line ${lines.join(", ")} that is kept elsewhere`)]
        : []
    const paths = written(tree)
      .map(({ path }) => formatPath(path))
      .filter((path) => !livePaths.has(path))
    return paths.length || lines.length
      ? [left(file, paths.join(", "), "is a copy of the config that still holds a moved secret")]
      : []
  })
}

/** Variables that nothing reads, and that hold the same secret as a reference gives. */
const repeatedInEnv = (
  { file, assignments }: ReturnType<typeof envFileOf>,
  fetched: ReadonlyMap<string, string>,
  { state }: Audited,
) => {
  const used = new Set(variablesOf(state.composed))
  return assignments.flatMap(({ name, value }) => {
    const [same] = [...fetched].find(([, secret]) => sameSecret(secret, value)) ?? []
    return same === undefined || used.has(name)
      ? []
      : [left(file, name, `repeats the secret of ${same}, which is kept elsewhere`)]
  })
}

const unusedIn = (file: string, pointers: readonly string[], { state }: Audited) => {
  const used = new Set(state.refs.map(({ ref }) => ref.id))
  return pointers
    .filter((pointer) => !used.has(pointer))
    .map((pointer) => left(file, pointer, "is a secret that no reference names"))
}

/** A JSON pointer to every text in a file of secrets. */
const pointersIn = (value: unknown, pointer = ""): string[] => {
  if (typeof value === "string") return value.trim() && pointer ? [pointer] : []
  if (!isTree(value) && !Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    pointersIn(inner, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  )
}

const parsed = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}
