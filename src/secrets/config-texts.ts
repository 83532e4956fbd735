import { readdirSync, readFileSync, realpathSync } from "node:fs"
import { basename, dirname, extname, join, resolve } from "node:path"
import { formatOf } from "../config/read-text.ts"
import { parse } from "../config/parse.ts"
import { isTree, type Path, type Tree, withValue } from "../config/path.ts"
import type { Paths } from "../config/paths.ts"
import type { ConfigState } from "../config/settings.ts"

/** A file that says what the config says, or once said it. */
export interface ConfigText {
  file: string
  kind: "config" | "included" | "backup"
  format: ConfigState["format"]
  text: string
  /** Where in the config its settings stand; empty for a whole config. */
  at: Path
  /** Its settings at their place in a config; null when it cannot be parsed. */
  tree: Tree | null
}

/** The config file, the files it includes, and every copy of it that is kept. */
export const configTexts = async (
  state: ConfigState,
  { state: folder }: Pick<Paths, "state">,
): Promise<ConfigText[]> => {
  if (!state.exists) return []
  const { path: file, format, text, source } = state
  const included = await includedTexts(state)
  const copies = await Promise.all(
    copiesOf(file, folder).map((copy) => readText(copy, { kind: "backup", format, at: [] })),
  )
  const own = { file, kind: "config", format, text, at: [], tree: source } as const
  return [own, ...included, ...copies.filter((copy) => copy !== undefined)]
}

const readText = async (
  file: string,
  about: Pick<ConfigText, "kind" | "format" | "at">,
): Promise<ConfigText | undefined> => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch {
    return undefined // gone since it was listed
  }
  const parsed = await parse(text, about.format)
  const content = "value" in parsed ? parsed.value : undefined
  const placed = about.at.length ? withValue({}, openPath(about.at), { value: content }) : content
  return { file, text, ...about, tree: isTree(placed) ? placed : null }
}

/** Lists are not built up: an include inside of one counts as its only entry. */
const openPath = (path: Path): Path => path.map((key) => (typeof key === "number" ? 0 : key))

/** Each include once for every place that it is used at. */
const includedTexts = async ({ path, source, files }: ConfigState): Promise<ConfigText[]> => {
  const known = new Set(files.map(real))
  const found: ConfigText[] = []
  const follow = async (file: string, content: unknown, at: Path, depth: number): Promise<void> => {
    if (depth > 12 || typeof content !== "object" || content === null) return
    for (const [key, value] of Object.entries(content)) {
      if (key !== "$include") {
        await follow(file, value, [...at, Array.isArray(content) ? Number(key) : key], depth)
        continue
      }
      for (const name of [value].flat()) {
        const target = resolve(dirname(file), String(name))
        if (!known.has(real(target))) continue
        const text = await readText(target, { kind: "included", format: formatOf(target), at })
        if (!text) continue
        found.push(text)
        await follow(target, contentOf(text), at, depth + 1)
      }
    }
  }
  await follow(path, source, [], 0)
  return found
}

const contentOf = ({ tree, at }: ConfigText): unknown =>
  openPath(at).reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    tree ?? undefined,
  )

const real = (path: string) => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** `.bak`, what a write that was cut short left behind, the dated copies, and those the doctor kept. */
const copiesOf = (file: string, state: string) => {
  const target = real(file)
  const beside = namesIn(dirname(target))
    .filter((name) => name.startsWith(`${basename(target)}.`) && !name.endsWith(".lock"))
    .map((name) => join(dirname(target), name))
  const folder = join(state, "config-backups")
  const own = basename(target, extname(target))
  const keptByDoctor = foldersIn(join(state, "doctor")).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => isCopyOf(name.replace(/^\d+-/, ""), own, extname(target)))
      .map((name) => join(folder, name)),
  )
  return [...beside, ...namesIn(folder).map((name) => join(folder, name)), ...keptByDoctor]
}

/** `fased.json`, `fased.json.bak`, `fased.2026-….json` */
const isCopyOf = (name: string, stem: string, extension: string) =>
  name.startsWith(`${stem}${extension}`) ||
  (name.startsWith(`${stem}.`) && name.endsWith(extension))

const foldersIn = (folder: string) => {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch {
    return []
  }
}

const namesIn = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    )
  } catch {
    return []
  }
}
