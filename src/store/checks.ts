import { chmodSync, existsSync, readdirSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { Disk } from "./disk.ts"

/** What the state folder holds beside the files `config.private` looks after. */
export const filesPrivate = check({
  id: "store.private",
  title: "Only you can read logs, secrets and copies of the database",
  severity: "warn",
  needs: { paths: Paths },
  detect({ paths }) {
    const open = privatePaths(paths).flatMap((path) => {
      const stats = statSync(path, { throwIfNoEntry: false })
      return stats && stats.mode & 0o077
        ? [{ path, wanted: stats.isDirectory() ? 0o700 : 0o600 }]
        : []
    })
    return open.length ? { open } : null
  },
  explain: ({ open }) =>
    `Other users of this machine can look into ${open.map(({ path }) => path).join(", ")}, ` +
    "which can hold conversations and keys.",
  fix: {
    describe: ({ open }) =>
      open.map(({ path, wanted }) => `chmod ${wanted.toString(8)} ${path}`).join(", "),
    apply({ open }) {
      for (const { path, wanted } of open) chmodSync(path, wanted)
    },
  },
})

const privatePaths = ({ state, logs, database }: Paths) => {
  const beside = basename(database)
  const files = existsSync(state) ? readdirSync(state) : []
  return [
    logs,
    ...files
      .filter((name) => name === "secrets.json" || (name.startsWith(beside) && name !== beside))
      .map((name) => join(state, name)),
  ]
}

const little = 500_000_000

export const diskSpace = check({
  id: "store.disk-space",
  title: "The disk has room",
  severity: "warn",
  needs: { paths: Paths, disk: Disk },
  async detect({ paths, disk }) {
    const path = nearestFolder(paths.state)
    const free = await disk.free(path)
    return free < little ? { path, free } : null
  },
  explain: ({ path, free }) =>
    `The disk that holds ${path} has ${Math.floor(free / 1_000_000)} MB left. ` +
    "When it is full, fased can take no messages.",
  next: () => "Free some space; the biggest files are often logs and media.",
})

const nearestFolder = (path: string): string =>
  existsSync(path) ? path : nearestFolder(dirname(path))
