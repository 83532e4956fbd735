import { createWriteStream, readdirSync, statSync } from "node:fs"
import { open, readdir, rm, statfs } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { Readable, Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import { createGunzip } from "node:zlib"
import { Fault } from "../kernel/fault.ts"
import { noRoom, untrusted } from "./faults.ts"
import type { Asset } from "./manifest.ts"

const prefix = ".fased-update-"
const spare = 16_000_000

/** Where a new binary is put together: beside the old one, so that one rename swaps them. */
export const stagePath = (target: string, nonce: string) =>
  join(dirname(target), `${prefix}${nonce}`)

/** Removes what an update that was killed left beside the binary. Only while no update runs. */
export const sweep = async (target: string) => {
  const folder = dirname(target)
  for (const name of await readdir(folder))
    if (name.startsWith(prefix) && name !== basename(lockPath(target)))
      await rm(join(folder, name), { force: true })
}

/** What was begun so long ago that no update can still be at it. */
export const staleStages = (target: string, now: number) => {
  const folder = dirname(target)
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name !== basename(lockPath(target)))
    .map((name) => join(folder, name))
    .filter((path) => now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > hourMs)
}
const hourMs = 3_600_000

/** One update of a binary at a time, whichever profile it is started for. */
export const lockPath = (target: string) => join(dirname(target), `${prefix}lock`)

/** Writes the binary an asset holds to `staged`, proven to be the one the manifest names. */
export const stage = async (
  source: AsyncIterable<Uint8Array>,
  { asset, staged }: { asset: Asset; staged: string },
) => {
  const folder = dirname(staged)
  const { bavail, bsize } = await statfs(folder)
  const needed = asset.binarySize + spare
  if (bavail * bsize < needed) throw noRoom({ folder, needed })
  const served = meter(asset.file, Math.max(asset.size, asset.binarySize))
  const binary = meter("the binary in it", asset.binarySize)
  const { packed, pieces } = await peek(source)
  const unpack = packed ? [createGunzip()] : []
  const file = createWriteStream(staged, { flags: "wx", mode: 0o700 })
  try {
    await pipeline([Readable.from(pieces), served.stream, ...unpack, binary.stream, file])
    if (served.size() !== asset.size || served.sum() !== asset.sha256) {
      // An unpacked file was given: what it is shows in the binary's own sum.
      if (served.sum() !== asset.binarySha256) throw changed(asset.file)
    }
    if (binary.size() !== asset.binarySize || binary.sum() !== asset.binarySha256)
      throw changed("The binary")
    await sync(staged)
  } catch (error) {
    await rm(staged, { force: true })
    throw explain(error, { folder, needed, file: asset.file })
  }
}

const changed = (what: string) =>
  untrusted({ what, reason: "it is not the file the release names; it was cut short or changed" })

const explain = (error: unknown, at: { folder: string; needed: number; file: string }) => {
  if (error instanceof Fault) return error
  const { code = "" } = error as NodeJS.ErrnoException
  if (code === "ENOSPC" || code === "EDQUOT") return noRoom(at, error)
  return /^Z_|^ERR_ZLIB|^ERR_BUFFER/.test(code) ? changed(at.file) : error
}

/** Counts and sums what passes, and stops what is too long. */
const meter = (what: string, most: number) => {
  const hash = new Bun.CryptoHasher("sha256")
  let size = 0
  let sum: string | undefined
  const stream = new Transform({
    transform(piece: Buffer, _, done) {
      size += piece.length
      if (size > most) return done(untrusted({ what, reason: "it is longer than it should be" }))
      hash.update(piece)
      done(null, piece)
    },
  })
  return { stream, size: () => size, sum: () => (sum ??= hash.digest("hex")) }
}

/** Whether it begins as gzip does; a binary that was unpacked before is taken as it is. */
const peek = async (source: AsyncIterable<Uint8Array>) => {
  const iterator = source[Symbol.asyncIterator]()
  const first = await iterator.next()
  async function* pieces() {
    if (!first.done) yield first.value
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return { packed: first.value?.[0] === 0x1f && first.value[1] === 0x8b, pieces: pieces() }
}

const sync = async (path: string) => {
  const file = await open(path, "r")
  await file.sync()
  await file.close()
}
