import { createReadStream } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import type { Channel } from "./config.ts"
import { download, fetchSmall, releaseUrl } from "./download.ts"
import { expired, noBuild, otherChannel, otherVersion, unreachable } from "./faults.ts"
import {
  type Asset,
  type Manifest,
  manifestFile,
  readManifest,
  type ReleaseKey,
  signatureFile,
} from "./manifest.ts"

/** A release whose manifest was checked, and the way to its files. */
export interface Release {
  manifest: Manifest
  /** Where it comes from, for people. */
  origin: string
  /** The bytes of one machine's asset, as served. */
  read(asset: Asset, signal?: AbortSignal): AsyncIterable<Uint8Array>
}

export interface Wanted {
  channel: Channel
  /** Just this version; else the newest. */
  version?: string
  keys: readonly ReleaseKey[]
  /** Milliseconds since the epoch. */
  now: number
  signal?: AbortSignal
}

/** The release a server offers on a channel: `<base>/<channel>/`, or `<base>/<version>/`. */
export const fetchRelease = async (base: string, wanted: Wanted): Promise<Release> => {
  const folder = releaseUrl(`${base.replace(/\/+$/, "")}/${wanted.version ?? wanted.channel}/`)
  const [bytes, signatures] = await Promise.all(
    [manifestFile, signatureFile].map((name) => fetchSmall(new URL(name, folder), wanted.signal)),
  )
  return {
    manifest: judge(bytes!, signatures!, wanted),
    origin: folder.href,
    read: ({ file, size }, signal) => download(new URL(file, folder), { most: size, signal }),
  }
}

/**
 * The release in a folder of this machine, or of the one file that was fetched by other means; the
 * manifest and its signature lie beside it. A file may be the asset as served, or unpacked.
 */
export const openRelease = async (path: string, wanted: Wanted): Promise<Release> => {
  const isFolder = (await stat(path).catch(fails(path))).isDirectory()
  const folder = isFolder ? path : dirname(path)
  const read = (name: string) => readFile(join(folder, name)).catch(fails(join(folder, name)))
  const [bytes, signatures] = await Promise.all([manifestFile, signatureFile].map(read))
  return {
    manifest: judge(bytes!, signatures!, wanted),
    origin: isFolder ? folder : basename(path),
    read: ({ file }) => createReadStream(isFolder ? join(folder, file) : path),
  }
}

const fails = (path: string) => (error: NodeJS.ErrnoException) => {
  const reason = error.code === "ENOENT" ? "it is not there" : error.message
  throw unreachable({ url: path, reason }, error)
}

const judge = (bytes: Buffer, signatures: Buffer, wanted: Wanted) => {
  const manifest = readManifest(bytes, signatures.toString("latin1"), wanted.keys)
  const { version, channel, expires } = manifest
  if (channel !== wanted.channel) throw otherChannel({ wanted: wanted.channel, found: channel })
  if (wanted.version && wanted.version !== version)
    throw otherVersion({ wanted: wanted.version, found: version })
  if (Date.parse(expires) < wanted.now) throw expired({ version, expires })
  return manifest
}

export const assetFor = ({ version, assets }: Manifest, machine: string): Asset => {
  const asset = Object.hasOwn(assets, machine) ? assets[machine] : undefined
  if (!asset) throw noBuild({ version, machine })
  return asset
}
