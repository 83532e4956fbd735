import { createReadStream } from "node:fs"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import { Fault } from "../kernel/fault.ts"
import { archiveBroken, archiveUnreadable } from "./faults.ts"
import {
  type BackupManifest,
  backupManifest,
  type Listed,
  places,
  secretParts,
} from "./manifest.ts"
import { type Entry, readTar } from "./tar.ts"

const mostManifest = 64 * 1024 * 1024

/** Gives each entry of an archive to `take`, whose promise is awaited; names that lead elsewhere end it. */
export const readArchive = async (
  path: string,
  take: (entry: Entry, content: AsyncIterable<Uint8Array>) => Promise<void>,
) => {
  try {
    await pipeline(
      createReadStream(path),
      createGunzip(),
      async (unpacked: AsyncIterable<Buffer>) => {
        const seen = new Set<string>()
        const links = new Set<string>()
        for await (const { entry, content } of readTar(unpacked)) {
          requireOwnPlace(entry.path, seen, links)
          if (entry.kind === "link") links.add(entry.path)
          await take(entry, content)
        }
      },
    )
  } catch (error) {
    if (error instanceof Fault) throw error
    const { code = "", message } = error as NodeJS.ErrnoException
    if (code === "ENOENT") throw archiveUnreadable({ path, reason: "it is not there" }, error)
    if (code.startsWith("Z_") || code === "ERR_BUFFER_OUT_OF_BOUNDS")
      throw archiveBroken({ reason: "it was cut short, or is no backup" }, error)
    if (code === "EISDIR" || code === "EACCES")
      throw archiveUnreadable({ path, reason: message }, error)
    throw error
  }
}

/** Each name once, below the places there are, never through a link and never out of the archive. */
const requireOwnPlace = (path: string, seen: Set<string>, links: ReadonlySet<string>) => {
  const steps = path.split("/")
  const fits = steps.every((step) => step && step !== "." && step !== "..") && !/[\0\\]/.test(path)
  const parents = steps.map((_, at) => steps.slice(0, at).join("/"))
  if (!fits || !isKnown(steps) || seen.has(path) || parents.some((parent) => links.has(parent)))
    throw archiveBroken({ reason: `"${path.slice(0, 200)}" has no business in it` })
  seen.add(path)
}

const isKnown = ([top, second, ...more]: string[]) => {
  const path = [top, second].join("/")
  if (top === places.manifest) return second === undefined
  if (path === places.database) return !more.length
  if (`${top}/` === places.config) return second !== undefined && !more.length
  if (`${top}/` === places.secrets) return (secretParts as readonly string[]).includes(second ?? "")
  return `${top}/` === places.workspaces && second !== undefined
}

/** The manifest of an archive in which every byte is as it was written. Nothing is unpacked. */
export const verifyBackup = async (path: string): Promise<BackupManifest> => {
  const found = new Map<string, Listed>()
  let manifest: BackupManifest | undefined
  await readArchive(path, async (entry, content) => {
    if (manifest) throw archiveBroken({ reason: "something follows its manifest" })
    if (entry.path !== places.manifest) found.set(entry.path, await listed(entry, content))
    else manifest = parseManifest(await whole(entry, content))
  })
  if (!manifest) throw archiveBroken({ reason: "it has no manifest; it was cut short" })
  requireAsListed(manifest, found)
  return manifest
}

/** What an entry is, by its own bytes. */
export const listed = async (
  { path, kind, size, mode, target }: Entry,
  content: AsyncIterable<Uint8Array>,
): Promise<Listed> => {
  const hash = new Bun.CryptoHasher("sha256")
  for await (const piece of content) hash.update(piece)
  const sha256 = kind === "file" ? { sha256: hash.digest("hex") } : {}
  return { path, kind, size, mode, ...sha256, ...(target !== undefined && { target }) }
}

const whole = async ({ size }: Entry, content: AsyncIterable<Uint8Array>) => {
  if (size > mostManifest) throw archiveBroken({ reason: "its manifest is far too long" })
  return Buffer.concat(await Array.fromAsync(content))
}

const parseManifest = (bytes: Buffer) => {
  try {
    return backupManifest.parse(JSON.parse(bytes.toString()))
  } catch (error) {
    throw archiveBroken({ reason: "its manifest is not one this fased can read" }, error)
  }
}

const requireAsListed = (
  { entries, config, database, workspaces }: BackupManifest,
  found: ReadonlyMap<string, Listed>,
) => {
  for (const entry of entries)
    if (!Bun.deepEquals(found.get(entry.path), entry))
      throw archiveBroken({ reason: `${entry.path} is missing or was changed` })
  if (entries.length !== found.size)
    throw archiveBroken({ reason: "it holds more than its manifest lists" })
  const kept = (path: string, kind: Listed["kind"]) => found.get(path)?.kind === kind
  const sound =
    (!database || kept(places.database, "file")) &&
    (!config || kept(places.config + config.name, "file")) &&
    workspaces.every(({ agent }) => kept(places.workspaces + agent, "folder"))
  if (!sound) throw archiveBroken({ reason: "a part its manifest speaks of is not in it" })
}
