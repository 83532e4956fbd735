import { randomBytes } from "node:crypto"
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { chmod, open, statfs, utimes } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { formatOf } from "../config/read-text.ts"
import { realFile } from "../config/lock.ts"
import type { Paths } from "../config/paths.ts"
import { diskFull } from "../store/faults.ts"
import { privateFolder, writeFileAtomic } from "../store/files.ts"
import { lockState } from "../store/lock.ts"
import { checkDatabase } from "../store/snapshot.ts"
import { stamp, unusedName } from "./stamp.ts"
import { archiveBroken, newerBackup, otherFormat } from "./faults.ts"
import { removeLeftovers } from "./leftovers.ts"
import { type BackupManifest, places, secretParts } from "./manifest.ts"
import type { Entry } from "./tar.ts"
import { listed, readArchive, verifyBackup } from "./verify.ts"

const workPrefix = ".restore-"

export interface RestoreOptions {
  archive: string
  paths: Pick<Paths, "state" | "config" | "database">
  /** The schema steps this fased knows. */
  migrations: readonly string[]
  now: number
}

/** One part of a backup: where it lies in the archive, and where it goes. */
interface Part {
  what: string
  from: string
  to: string
}

export interface RestorePlan {
  manifest: BackupManifest
  parts: readonly Part[]
  /** Folders that lay outside the state and where they go instead: a backup names no place elsewhere. */
  moved: readonly { agent: string; was: string; to: string }[]
}

/** Reads and proves the whole archive and says what restoring it would do. Changes nothing. */
export const planRestore = async ({
  archive,
  paths,
  migrations,
}: RestoreOptions): Promise<RestorePlan> => {
  const manifest = await verifyBackup(archive)
  const { config, database, workspaces, version, entries } = manifest
  if (database?.migrations.some((id) => !migrations.includes(id))) throw newerBackup({ version })
  if (config && formatOf(config.name) !== formatOf(paths.config))
    throw otherFormat({ found: config.name, here: basename(paths.config) })
  const inside = (path: string) => join(paths.state, path)
  const secrets = secretParts.filter((name) =>
    entries.some(({ path }) => path === places.secrets + name),
  )
  const homes = workspaces.map(({ agent, path, inState }) => {
    const to = inside(ownPlace(inState) ?? `workspace-${agent}`)
    return { agent, was: path, to, elsewhere: ownPlace(inState) === undefined }
  })
  return {
    manifest,
    parts: [
      ...(database ? [{ what: "database", from: places.database, to: paths.database }] : []),
      ...secrets.map((name) => ({ what: name, from: places.secrets + name, to: inside(name) })),
      ...homes.map(({ agent, to }) => ({
        what: `folder of agent ${agent}`,
        from: places.workspaces + agent,
        to,
      })),
      // Last, so that an interrupted restore never leaves a config that speaks of what is not there.
      ...(config ? [{ what: "config", from: places.config + config.name, to: paths.config }] : []),
    ],
    moved: homes.filter(({ elsewhere }) => elsewhere),
  }
}

/** A folder of its own directly in the state, such as `workspace-work`; nothing that has another use. */
const ownPlace = (inState: string | undefined) =>
  inState && /^workspace[\w-]*$/.test(inState) ? inState : undefined

/**
 * Puts a backup in place, part by part, each in one step. What was there is kept in
 * `<state>/before-restore-<date>`. Refuses while a gateway has the state.
 */
export const restoreBackup = async (options: RestoreOptions) => {
  const { archive, paths } = options
  privateFolder(paths.state)
  const lock = lockState(paths.state)
  const staged = join(paths.state, `${workPrefix}${randomBytes(6).toString("hex")}`)
  try {
    removeLeftovers(paths.state, workPrefix) // we have the lock, so nobody is at work there
    const plan = await planRestore(options)
    privateFolder(staged)
    await unpack(archive, staged, plan.manifest)
    if (plan.manifest.database) checkDatabase(join(staged, places.database))
    const kept = unusedName(join(paths.state, `before-restore-${stamp(options.now)}`))
    for (const { from, to } of plan.parts)
      if (to === paths.config) exchangeConfig(join(staged, from), to, kept)
      else exchange(join(staged, from), to, kept)
    return { ...plan, kept: existsSync(kept) ? kept : undefined }
  } finally {
    rmSync(staged, { recursive: true, force: true })
    lock.release()
  }
}

/** Sets what is at `to` aside and puts the new part there. Both lie in the state, so these are renames. */
const exchange = (from: string, to: string, kept: string) => {
  for (const suffix of ["", "-wal", "-shm"])
    if (existsSync(to + suffix))
      renameSync(to + suffix, join(privateFolder(kept), basename(to) + suffix))
  renameSync(from, to)
}

/** The config may lie on another disk, and behind a link that stays one. */
const exchangeConfig = (from: string, to: string, kept: string) => {
  if (existsSync(to)) writeFileAtomic(join(privateFolder(kept), basename(to)), readFileSync(to))
  writeFileAtomic(realFile(to), readFileSync(from))
}

/** Unpacks a proven archive; what has changed since it was proven is found out again. */
const unpack = async (archive: string, into: string, { entries }: BackupManifest) => {
  await requireRoom(into, entries)
  const known = new Map(entries.map((entry) => [entry.path, entry]))
  const links: Entry[] = []
  const folders: Entry[] = []
  await readArchive(archive, async (entry, content) => {
    if (entry.path === places.manifest) return
    const path = join(into, entry.path)
    privateFolder(dirname(path))
    if (entry.kind === "folder") folders.push(entry)
    else if (entry.kind === "link") links.push(entry)
    if (entry.kind === "folder") privateFolder(path)
    const written = entry.kind === "file" ? writing(path, content) : content
    if (!Bun.deepEquals(await listed(entry, written), known.get(entry.path)))
      throw archiveBroken({ reason: `${entry.path} changed while it was read` })
    if (entry.kind === "file" && isPerson(entry)) await settle(path, entry)
  })
  // Links last, so that nothing is ever written through one; folders from the innermost out.
  for (const { path, target } of links) symlinkSync(target!, join(into, path))
  for (const entry of folders.toReversed())
    if (isPerson(entry)) await settle(join(into, entry.path), entry)
}

/** Agents' folders keep their modes and times; the rest is for its owner only. */
const isPerson = ({ path }: Entry) => path.startsWith(places.workspaces)

const settle = async (path: string, { mode, modified }: Entry) => {
  await chmod(path, mode)
  await utimes(path, modified, modified)
}

/** Passes bytes on while they are written to a new file. */
async function* writing(path: string, content: AsyncIterable<Uint8Array>) {
  const file = await open(path, "wx", 0o600)
  try {
    for await (const piece of content) {
      await file.writeFile(piece)
      yield piece
    }
    await file.sync()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === "ENOSPC" || code === "EDQUOT" ? diskFull({ path }, error) : error
  } finally {
    await file.close()
  }
}

const requireRoom = async (folder: string, entries: BackupManifest["entries"]) => {
  const needed = entries.reduce((sum, { size }) => sum + size, 0)
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < needed) throw diskFull({ path: folder })
}
