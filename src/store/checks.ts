import { chmodSync, existsSync } from "node:fs"
import { dirname } from "node:path"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { Disk } from "./disk.ts"
import { openTo, privatePlaces } from "./private-places.ts"

/** What the state folder holds beside the files `config.private` looks after. */
export const filesPrivate = check({
  id: "store.private",
  title: "Only you can read logs, keys, pictures and copies of the database",
  severity: "warn",
  needs: { paths: Paths },
  detect({ paths }) {
    const { database_copies, secrets, identity, tls, logs, media } = privatePlaces(paths)
    const open = openTo([database_copies, secrets, identity, tls, logs, media].flat())
    return open.length ? { open } : null
  },
  explain: ({ open }) =>
    `Other users of this machine can look into ${open.map(({ path }) => path).join(", ")}, ` +
    "which can hold conversations and keys.",
  fix: {
    describe: ({ open }) =>
      open.map(({ path, wanted }) => `chmod ${wanted.toString(8)} ${path}`).join(", "),
    migration: true,
    touches: ({ open }) => open.map(({ path }) => path),
    apply({ open }) {
      for (const { path, wanted } of open) chmodSync(path, wanted)
    },
  },
})

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
