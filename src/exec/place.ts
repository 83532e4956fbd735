import { realpathSync, statSync } from "node:fs"
import { isAbsolute, relative, resolve, sep } from "node:path"
import { badFolder } from "./faults.ts"

const system = ["/proc", "/sys", "/dev"]

export const isWithin = (folder: string, path: string) => {
  const way = relative(folder, path)
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** The folder a command runs in, links resolved. Never one of fased's own, nor one of the system's. */
export const folderOf = (
  written: string | undefined,
  { workspace, own }: { workspace: string; own: readonly string[] },
): string => {
  const path = written?.trim() || "."
  if (path.includes("\0")) throw badFolder({ path: path.slice(0, 80), why: "it holds a NUL" })
  if (path.startsWith("~")) throw badFolder({ path, why: "~ is not expanded" })
  const real = resolved(path, isAbsolute(path) ? path : resolve(workspace, path))
  const root = realpathSync(workspace)
  if (isWithin(root, real)) return real
  if ([...own.flatMap(existing), ...system].some((place) => isWithin(place, real)))
    throw badFolder({ path, why: "it is kept for fased or the system" })
  return real
}

const resolved = (written: string, path: string) => {
  try {
    const real = realpathSync(path)
    if (statSync(real).isDirectory()) return real
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw badFolder(
      {
        path: written,
        why: code === "ENOENT" ? "it does not exist" : `it cannot be entered (${code})`,
      },
      error,
    )
  }
  throw badFolder({ path: written, why: "it is not a folder" })
}

const existing = (path: string) => {
  try {
    return [realpathSync(path)]
  } catch {
    return []
  }
}
