import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { isTree, type Tree } from "../config/path.ts"
import type { SecretRef } from "../kernel/secret.ts"

/** A key that stands in a file of the layout before this one, which nothing reads any more. */
export interface OldCredential {
  file: string
  kind: "auth-profiles" | "auth"
  /** As a place in that file: `profiles.openai:default.key`. */
  place: string
  provider: string
  value: string
}

interface OldFile {
  file: string
  kind: OldCredential["kind"]
  content: Tree
}

/** Static keys only: a sign-in that renews itself cannot be kept as a reference. */
const staticFields = ["key", "token"] as const

/** `auth-profiles.json` of every agent, and every `auth.json`. */
const oldFiles = (state: string): OldFile[] => {
  const agents = join(state, "agents")
  const folders = [state, join(state, "agent"), ...foldersIn(agents).map((id) => join(id, "agent"))]
  return folders.flatMap((folder) => [
    ...read(join(folder, "auth-profiles.json"), "auth-profiles"),
    ...read(join(folder, "auth.json"), "auth"),
  ])
}

const foldersIn = (path: string) => {
  try {
    return readdirSync(path).map((name) => join(path, name))
  } catch {
    return []
  }
}

const read = (file: string, kind: OldFile["kind"]): OldFile[] => {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"))
    return isTree(content) ? [{ file, kind, content }] : []
  } catch {
    return []
  }
}

const entriesOf = ({ kind, content }: OldFile): [id: string, entry: Tree][] => {
  const entries = kind === "auth" ? content : content.profiles
  return isTree(entries)
    ? Object.entries(entries).filter((pair): pair is [string, Tree] => isTree(pair[1]))
    : []
}

const providerOf = (id: string, { provider }: Tree) =>
  typeof provider === "string" ? provider : id.split(":")[0]!

const isStatic = ({ type }: Tree) => type === undefined || type === "api_key" || type === "token"

/** Every static key that the files of the old layout still hold. */
export const oldCredentials = (state: string): OldCredential[] =>
  oldFiles(state).flatMap((old) =>
    entriesOf(old).flatMap(([id, entry]) =>
      (isStatic(entry) ? staticFields : []).flatMap((field) => {
        const value = entry[field]
        const place = `${old.kind === "auth" ? "" : "profiles."}${id}.${field}`
        return typeof value === "string" && value.trim()
          ? [{ file: old.file, kind: old.kind, place, provider: providerOf(id, entry), value }]
          : []
      }),
    ),
  )

/**
 * The files of the old layout without their static keys, as new texts by path. Profiles get the
 * reference of their provider instead, where it has one; `auth.json` entries simply go.
 */
export const withoutOldCredentials = (
  state: string,
  { profilesOf, auth }: { profilesOf: ReadonlyMap<string, SecretRef>; auth: boolean },
): Map<string, string> => {
  const texts = new Map<string, string>()
  for (const old of oldFiles(state)) {
    let changed = false
    for (const [id, entry] of entriesOf(old)) {
      const ref = profilesOf.get(providerOf(id, entry))
      if (!isStatic(entry) || (old.kind === "auth" ? !auth : !ref)) continue
      for (const field of staticFields) {
        if (typeof entry[field] !== "string") continue
        delete entry[field]
        if (old.kind === "auth-profiles") entry[`${field}Ref`] = { ...ref }
        else delete old.content[id]
        changed = true
      }
    }
    if (changed) texts.set(old.file, `${JSON.stringify(old.content, null, 2)}\n`)
  }
  return texts
}
