import { type FSWatcher, lstatSync, readlinkSync, statSync, watch } from "node:fs"
import { dirname, isAbsolute, join, resolve } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import { fingerprint } from "./fingerprint.ts"

/**
 * What the watching misses is seen this often: a whole folder renamed, a disk of another machine. An
 * old secret has a second to live.
 */
const lookEveryMs = 500
/** More links than a kernel follows. */
const mostLinks = 40

/**
 * Calls `changed` when one of the files has another content, or may have, and then holds still for
 * a moment. A watched file goes deaf with the first rename over it, so the folders are watched: all
 * in which something decides what the path leads to, as with the `..data` link of Kubernetes.
 */
export const watchFiles = (options: {
  /** Read again after each change; a missing file is waited for. */
  files: () => readonly string[]
  debounceMs: () => number
  clock: Clock
  changed: () => void
}) => {
  const { files, debounceMs, clock, changed } = options
  /** By folder and its inode: what comes in a folder's place is another folder. */
  const watched = new Map<string, { names: ReadonlySet<string>; watcher: FSWatcher | undefined }>()
  let seen = fingerprint(files())
  let list = files().join()
  let settled: (() => void) | undefined

  const renew = () => {
    const wanted = foldersOf(files())
    for (const [id, { watcher }] of watched)
      if (!wanted.has(id)) {
        watcher?.close()
        watched.delete(id)
      }
    for (const [id, { folder, names }] of wanted) {
      const known = watched.get(id)
      if (known) known.names = names
      else watched.set(id, { names, watcher: open(id, folder) })
    }
  }

  const open = (id: string, folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || watched.get(id)?.names.has(name)) settle()
      })
      // A folder that goes away takes its watcher along; the regular look finds its successor.
      return watcher.on("error", () => watched.delete(id))
    } catch {
      return undefined
    }
  }

  const settle = () => {
    settled?.()
    settled = clock.after(debounceMs(), () => {
      settled = undefined
      renew()
      seen = fingerprint(files())
      changed()
    })
  }

  renew()
  const stopLooking = clock.every(lookEveryMs, () => {
    renew()
    if (!settled && fingerprint(files()) !== seen) settle()
  })
  return {
    /** Another set of files may have to be watched. */
    renew() {
      renew()
      const now = files().join()
      if (now !== list) seen = fingerprint(files())
      list = now
    },
    stop() {
      stopLooking()
      settled?.()
      for (const { watcher } of watched.values()) watcher?.close()
      watched.clear()
    },
  }
}

const foldersOf = (files: readonly string[]) => {
  const folders = new Map<string, { folder: string; names: Set<string> }>()
  for (const { folder, name } of files.flatMap(placesOn)) {
    const id = `${statSync(folder, { throwIfNoEntry: false })?.ino} ${folder}`
    const known = folders.get(id)
    if (known) known.names.add(name)
    else folders.set(id, { folder, names: new Set([name]) })
  }
  return folders
}

/** Where a path is decided: each link on the way, and the file itself or the first thing missing. */
export const placesOn = (path: string): { folder: string; name: string }[] => {
  const places: { folder: string; name: string }[] = []
  let folder = "/"
  let rest = stepsOf(resolve(path))
  for (let links = 0; rest.length && links <= mostLinks;) {
    const [name, ...more] = rest as [string, ...string[]]
    rest = more
    if (name === "..") {
      folder = dirname(folder)
      continue
    }
    const here = join(folder, name)
    const kind = kindOf(here)
    if (kind !== "there" || !rest.length) places.push({ folder, name })
    if (kind === "missing") break
    if (kind === "link") {
      const target = readlinkSync(here)
      if (isAbsolute(target)) folder = "/"
      rest = [...stepsOf(target), ...rest]
      links++
    } else folder = here
  }
  return places
}

const stepsOf = (path: string) => path.split("/").filter((step) => step && step !== ".")

const kindOf = (path: string) => {
  try {
    return lstatSync(path).isSymbolicLink() ? "link" : "there"
  } catch {
    return "missing"
  }
}
