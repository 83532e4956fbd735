import { randomBytes } from "node:crypto"
import { createReadStream, createWriteStream, existsSync, statSync } from "node:fs"
import { link, rename, rm, unlink } from "node:fs/promises"
import { basename, join, relative } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGzip } from "node:zlib"
import type { Paths } from "../config/paths.ts"
import type { ConfigState } from "../config/settings.ts"
import type { Section } from "../kernel/section.ts"
import { diskFull } from "../store/faults.ts"
import { privateFolder } from "../store/files.ts"
import { checkDatabase, snapshot } from "../store/snapshot.ts"
import { collect, type Found } from "./collect.ts"
import { archiveThere, archiveUnwritable, nothingToKeep } from "./faults.ts"
import { removeLeftovers } from "./leftovers.ts"
import { type BackupManifest, type Listed, places, secretParts } from "./manifest.ts"
import { withoutSecrets } from "./mask.ts"
import { end, type Entry, header, padding } from "./tar.ts"

const workPrefix = ".backup-"
/** No backup takes longer than this. */
const longMs = 86_400_000

export interface BackupOptions {
  paths: Pick<Paths, "state" | "config" | "database">
  version: string
  now: number
  config: ConfigState
  sections: readonly Section[]
  /** Tables whose rows are secrets. */
  secretTables: readonly string[]
  /** Agents' folders; none to leave them out. */
  workspaces: readonly { agent: string; path: string }[]
  output: string
  includeSecrets: boolean
  /** Most bytes of one agent's folder. */
  most: number
}

/** Writes one archive of this instance. A gateway may run meanwhile. */
export const createBackup = async (options: BackupOptions) => {
  const { paths, output } = options
  if (!existsSync(paths.database) && !options.config.exists)
    throw nothingToKeep({ state: paths.state })
  if (existsSync(output)) throw archiveThere({ path: output })
  const nonce = randomBytes(6).toString("hex")
  removeLeftovers(privateFolder(paths.state), workPrefix, options.now - longMs)
  const work = privateFolder(join(paths.state, `${workPrefix}${nonce}`))
  const part = `${output}.${nonce}.part`
  const manifest: BackupManifest = {
    product: "fased",
    kind: "backup",
    format: 1,
    version: options.version,
    createdAt: options.now,
    secrets: options.includeSecrets,
    workspaces: [],
    entries: [],
  }
  try {
    const file = createWriteStream(part, { flags: "wx", mode: 0o600 })
    await pipeline(Readable.from(archive(options, { manifest, work, part })), createGzip(), file)
    await put(part, output)
    return { manifest, size: statSync(output).size }
  } catch (error) {
    throw explain(error, output)
  } finally {
    await rm(work, { recursive: true, force: true })
    await rm(part, { force: true })
  }
}

/** Gives the whole file its name. A link, unlike a rename, never takes the place of another file. */
const put = async (part: string, output: string) => {
  try {
    await link(part, output)
    await unlink(part)
  } catch (error) {
    // Sticks and network disks may know no hard links.
    if (existsSync(output)) throw archiveThere({ path: output }, error)
    await rename(part, output)
  }
}

const explain = (error: unknown, output: string) => {
  const { code = "", message, path } = error as NodeJS.ErrnoException
  if (code === "ENOSPC" || code === "EDQUOT") return diskFull({ path: output }, error)
  if (!path?.startsWith(output)) return error
  return archiveUnwritable({ path: output, reason: reasons[code] ?? message }, error)
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "there is no such folder",
  EACCES: "you may not write there",
  EROFS: "that disk is read-only",
}

async function* archive(
  options: BackupOptions,
  { manifest, work, part }: { manifest: BackupManifest; work: string; part: string },
) {
  const { paths, config, sections, includeSecrets, output } = options
  const modified = options.now / 1000
  const add = (entry: Entry, content?: AsyncIterable<Uint8Array>) =>
    pack(entry, content, (listed) => manifest.entries.push(listed))
  const putText = (path: string, text: string) => {
    const bytes = Buffer.from(text)
    const entry = { path, kind: "file", mode: 0o600, modified, size: bytes.length } as const
    return add(entry, Readable.from([bytes]))
  }
  const putAll = async function* (found: AsyncIterable<Found>) {
    for await (const { from, ...entry } of found)
      yield* add(entry, entry.kind === "file" ? createReadStream(from) : undefined)
  }

  if (existsSync(paths.database)) {
    const copy = join(work, "fased.db")
    snapshot(paths.database, copy, includeSecrets ? [] : options.secretTables)
    manifest.database = { migrations: checkDatabase(copy) }
    const { size } = statSync(copy)
    const entry = { path: places.database, kind: "file", mode: 0o600, modified, size } as const
    yield* add(entry, createReadStream(copy))
  }
  if (config.exists) {
    const name = basename(paths.config)
    const { text, masked } = includeSecrets
      ? { text: config.text, masked: [] }
      : await withoutSecrets(config, sections)
    manifest.config = { name, masked, leftOut: config.files.slice(1) }
    yield* putText(places.config + name, text)
  }
  if (includeSecrets)
    for (const name of secretParts)
      if (existsSync(join(paths.state, name)))
        yield* putAll(
          collect(join(paths.state, name), {
            as: places.secrets + name,
            without: [],
            most: options.most,
          }),
        )
  for (const { agent, path } of options.workspaces) {
    if (!existsSync(path)) continue
    const inState = relative(paths.state, path)
    const isInState = inState !== "" && !inState.startsWith("..")
    manifest.workspaces.push({ agent, path, ...(isInState && { inState }) })
    // An agent may work in the home itself, with the state and this very archive in it.
    const without = isInState ? [work] : [paths.state, part, output]
    yield* putAll(collect(path, { as: places.workspaces + agent, without, most: options.most }))
  }
  yield* pack(
    await manifestEntry(manifest, modified),
    Readable.from([manifestBytes(manifest)]),
    () => {},
  )
  yield end()
}

const manifestBytes = (manifest: BackupManifest) => Buffer.from(JSON.stringify(manifest))

const manifestEntry = async (manifest: BackupManifest, modified: number): Promise<Entry> => ({
  path: places.manifest,
  kind: "file",
  mode: 0o600,
  modified,
  size: manifestBytes(manifest).length,
})

/** An entry's bytes in the archive; a file that shrinks while it is read is filled up with zeros. */
async function* pack(
  entry: Entry,
  content: AsyncIterable<Uint8Array> | undefined,
  listed: (entry: Listed) => void,
): AsyncGenerator<Uint8Array> {
  yield header(entry)
  const hash = new Bun.CryptoHasher("sha256")
  let left = entry.size
  for await (const piece of content ?? []) {
    const kept = piece.subarray(0, left)
    left -= kept.length
    hash.update(kept)
    yield kept
    if (!left) break
  }
  while (left > 0) {
    const zeros = Buffer.alloc(Math.min(left, 65_536))
    left -= zeros.length
    hash.update(zeros)
    yield zeros
  }
  if (entry.kind === "file") yield padding(entry.size)
  const { path, kind, size, mode, target } = entry
  listed({
    path,
    kind,
    size,
    mode,
    ...(kind === "file" && { sha256: hash.digest("hex") }),
    ...(target !== undefined && { target }),
  })
}
