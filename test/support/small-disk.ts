import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A disk of two megabytes; mounting one needs root. */
export const smallDisk = () => {
  const path = mkdtempSync(join(tmpdir(), "fased-small-disk-"))
  const run = (...command: string[]) => Bun.spawnSync(command).exitCode === 0
  const mounted = run("mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "fased-test", path)
  const filler = join(path, "filler")
  return {
    path,
    mounted,
    /** Writes until there is no byte left. */
    fill() {
      const file = openSync(filler, "a")
      for (const size of [65_536, 4096, 1]) {
        const block = Buffer.alloc(size)
        try {
          while (writeSync(file, block) === size);
        } catch {
          // No room for a block of this size.
        }
      }
      closeSync(file)
    },
    free: () => rmSync(filler),
    [Symbol.dispose]() {
      if (mounted) run("umount", "-l", path)
      rmSync(path, { recursive: true, force: true })
    },
  }
}
