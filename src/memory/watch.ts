import { type FSWatcher, watch } from "node:fs"
import type { Clock } from "../kernel/clock.ts"

/** More are not watched: the look before each search finds what changes in them. */
const mostFolders = 500

/** Calls `changed` when Markdown in one of the folders changed and then held still for a moment. */
export const watchFolders = ({
  debounceMs,
  clock,
  changed,
}: {
  debounceMs: () => number
  clock: Clock
  changed: () => void
}) => {
  const watched = new Map<string, FSWatcher>()
  let settled: (() => void) | undefined

  const settle = () => {
    settled?.()
    settled = clock.after(debounceMs(), () => {
      settled = undefined
      changed()
    })
  }

  const open = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        // A name without an ending may be a folder.
        if (name === null || /\.md$|^[^.]+$/i.test(name)) settle()
      })
      watched.set(
        folder,
        watcher.on("error", () => watched.delete(folder)),
      )
    } catch {
      // It is gone again, or the system watches no more.
    }
  }

  return {
    /** What is to be watched from now on. */
    follow(folders: readonly string[]) {
      const wanted = new Set(folders.slice(0, mostFolders))
      for (const [folder, watcher] of watched)
        if (!wanted.has(folder)) {
          watcher.close()
          watched.delete(folder)
        }
      for (const folder of wanted) if (!watched.has(folder)) open(folder)
    },
    stop() {
      settled?.()
      for (const watcher of watched.values()) watcher.close()
      watched.clear()
    },
  }
}
