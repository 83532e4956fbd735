import { dirname, join, normalize } from "node:path"

export const root = dirname(dirname(import.meta.dir))

export interface Import {
  /** The importing file, from the repository's root. */
  file: string
  /** The imported file, or the package's name. */
  target: string
  relative: boolean
  /** True when nothing of it is left at run time. */
  typeOnly: boolean
  /** Imported names; empty when all of it is imported. */
  names: readonly string[]
}

export interface SourceFile {
  path: string
  text: string
  /** The text without comments and without what stands between quotes. */
  code: string
  imports: readonly Import[]
}

const statement =
  /^(?:import|export)\s+(type\s+)?([^"';]*?)\s*from\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm

const importsOf = (path: string, text: string): Import[] =>
  Array.from(text.matchAll(statement), ([, type, clause = "", from, bare, lazy]) => {
    const specifier = (from ?? bare ?? lazy)!
    const relative = specifier.startsWith(".")
    const listed = /^\{([^}]*)\}$/s.exec(clause.trim())?.[1]?.split(",") ?? []
    const names = listed.map((name) => name.trim()).filter(Boolean)
    return {
      file: path,
      target: relative ? normalize(join(dirname(path), specifier)) : specifier,
      relative,
      typeOnly: Boolean(type) || (names.length > 0 && names.every((n) => n.startsWith("type "))),
      names: names.filter((name) => !name.startsWith("type ")),
    }
  })

const withoutWords = (text: string) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/(^|\s)\/\/.*$/gm, "$1")

/** Every TypeScript file below `folder`, with what it imports. */
export const readSources = async (folder: string): Promise<SourceFile[]> => {
  const paths = await Array.fromAsync(new Bun.Glob(`${folder}/**/*.{ts,tsx}`).scan({ cwd: root }))
  return Promise.all(
    paths.sort().map(async (path) => {
      const text = await Bun.file(join(root, path)).text()
      return { path, text, code: withoutWords(text), imports: importsOf(path, text) }
    }),
  )
}
