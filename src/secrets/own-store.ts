import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { formatPath, isTree, type Path, type Tree, valueAt, withValue } from "../config/path.ts"
import type { ConfigState } from "../config/settings.ts"
import type { SecretRef } from "../kernel/secret.ts"
import { writeFileAtomic } from "../store/files.ts"
import { storeUnusable } from "./faults.ts"
import type { Plan } from "./plan.ts"

/** fased's own file of secrets, for those who keep them nowhere else. */
export const ownStore = (state: string) => join(state, "secrets.json")

type Composed = Pick<ConfigState, "composed">

/** Its provider's name: the built-in one, unless the config gives that name another file. */
const providerOf = ({ composed }: Composed) =>
  valueAt(composed, ["secrets", "providers", "default", "source"]) === "file" ? "local" : "default"

/** A reference to the place in fased's own file where this setting's secret belongs. */
export const ownRef = (path: Path, state: Composed): SecretRef => ({
  source: "file",
  provider: providerOf(state),
  id: path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
})

/** What `ownRef` needs in the config. */
export const ownProvider = (state: Composed, folder: string): Plan["providerUpserts"] =>
  providerOf(state) === "local"
    ? { local: { source: "file", path: ownStore(folder), mode: "json" } }
    : {}

/**
 * Keeps secrets under their settings' names, in one write; the rest of the file stays.
 * Gives the way back.
 */
export const keepSecrets = (
  folder: string,
  kept: readonly { path: Path; value: string }[],
): (() => void) => {
  const file = ownStore(folder)
  const before = read(file)
  const all = kept.reduce<Tree>(
    (tree, { path, value }) => withValue(tree, path.map(String), { value }),
    before ?? {},
  )
  const write = (tree: Tree) => writeFileAtomic(file, `${JSON.stringify(tree, null, 2)}\n`)
  write(all)
  return () => (before ? write(before) : rmSync(file))
}

/** Nothing, where there is no such file yet. */
const read = (file: string): Tree | undefined => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw storeUnusable({ file, reason: (error as Error).message }, error)
  }
  const value = parsed(text)
  if (isTree(value)) return value
  throw storeUnusable({ file, reason: "it is not a JSON object" })
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A name for a variable that would hold this setting: `MODELS_PROVIDERS_OPENAI_APIKEY`. */
export const variableFor = (path: Path) =>
  formatPath(path)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 128)
