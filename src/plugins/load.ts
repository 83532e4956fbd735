import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { formatPath } from "../config/path.ts"
import { badPlugin } from "./faults.ts"
import { type Manifest, manifest, manifestFile } from "./manifest.ts"

const longestManifest = 200_000

export const pluginsFolder = (state: string) => join(state, "plugins")

/** A folder in the place of plugins: what it is, or why it cannot be used. */
export type Found = Usable | Broken
interface Usable {
  id: string
  folder: string
  manifest: Manifest
  /** Another one when it was installed anew. */
  stamp: number
  problem?: undefined
}
interface Broken {
  id: string
  folder: string
  problem: string
  manifest?: undefined
}

/** Every plugin on disk. Nothing of any is run. */
export const findPlugins = (state: string): readonly Found[] => {
  const place = pluginsFolder(state)
  return namesIn(place).map((id) => {
    const folder = join(place, id)
    try {
      const found = readManifest(folder)
      if (found.id !== id) throw badPlugin({ folder, problem: `it is named ${found.id} inside` })
      return { id, folder, manifest: found, stamp: statSync(join(folder, manifestFile)).mtimeMs }
    } catch (error) {
      return { id, folder, problem: (error as Error).message }
    }
  })
}

/** Reads what a plugin says of itself. Throws `plugins.bad`. */
export const readManifest = (folder: string): Manifest => {
  const bad = (problem: string, cause?: unknown) => badPlugin({ folder, problem }, cause)
  const file = join(folder, manifestFile)
  let text: string
  try {
    for (const path of [folder, file]) {
      const problem = exposed(path)
      if (problem) throw bad(problem)
    }
    if (statSync(file).size > longestManifest) throw bad(`${manifestFile} is too long`)
    text = readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw bad(`it has no ${manifestFile}`, error)
    throw error
  }
  let said: unknown
  try {
    said = JSON.parse(text)
  } catch (error) {
    throw bad(`${manifestFile} is not JSON`, error)
  }
  const parsed = manifest().safeParse(said)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw bad(`${formatPath(issue!.path) || manifestFile}: ${issue!.message}`)
}

/** Why somebody else could have put it there. */
const exposed = (path: string): string | undefined => {
  const { mode, uid } = lstatSync(path)
  if (lstatSync(path).isSymbolicLink()) return `${path} is a link`
  if (mode & 0o002) return `everybody on this machine may write to ${path}`
  const own = process.getuid?.()
  return own === undefined || uid === own || uid === 0
    ? undefined
    : `${path} belongs to another user`
}

const namesIn = (place: string) => {
  try {
    return readdirSync(place)
      .filter((name) => /^[a-z][a-z0-9-]*$/.test(name))
      .toSorted()
  } catch {
    return []
  }
}
