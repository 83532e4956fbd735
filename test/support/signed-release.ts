import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describeAsset, installer, manifestText } from "../../build/release.ts"
import { releaseKey, signRelease } from "../../build/sign.ts"
import { targetNames } from "../../build/targets.ts"
import type { Channel } from "../../src/update/config.ts"
import { manifestFile, signatureFile } from "../../src/update/manifest.ts"
import type { Bytes } from "./release.ts"

/** A key pair to sign releases with, and what a binary keeps of it. */
export const newReleaseKey = () => {
  const { privateKey } = generateKeyPairSync("ed25519")
  return { privateKey, trusted: releaseKey(privateKey) }
}

export interface ReleaseOptions {
  version: string
  channel?: Channel
  /** When it was made; it expires a year later. */
  now?: number
  /** Signs it; several for a change of keys, none for an unsigned one. */
  keys: readonly KeyObject[]
  /** Target names; default: all. */
  machines?: readonly string[]
}

/** The files of a release as `npm run build` and `npm run sign` make them. */
export const signedRelease = async (binary: Bytes, options: ReleaseOptions) => {
  const { version, channel = "stable", now = Date.now(), keys, machines = targetNames } = options
  const packed = Bun.gzipSync(binary, { level: 1 })
  const files = new Map<string, Bytes>()
  const assets = Object.fromEntries(
    machines.map((name) => [name, describeAsset(`fased-${name}.gz`, packed, binary)]),
  )
  let sums = ""
  for (const [name, { file, sha256, binarySha256 }] of Object.entries(assets)) {
    files.set(file, packed)
    sums += `${sha256}  ${file}\n${binarySha256}  fased-${name}\n`
  }
  files.set("SHA256SUMS", Buffer.from(sums))
  files.set("install.sh", Buffer.from(await installer(keys.map(releaseKey))))
  files.set(manifestFile, Buffer.from(manifestText(assets, { version, channel, now })))
  if (keys.length) files.set(signatureFile, await signaturesOver(files.get(manifestFile)!, keys))
  return files
}

/** The signature file for these bytes, made by the script that signs releases. */
export const signaturesOver = async (manifest: Bytes, keys: readonly KeyObject[]) => {
  const folder = await mkdtemp(join(tmpdir(), "fased-sign-"))
  try {
    await writeFile(join(folder, manifestFile), manifest)
    for (const key of keys) await signRelease(folder, key)
    return Buffer.from(await Bun.file(join(folder, signatureFile)).bytes())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The same files below a folder of the server: a channel's or a version's. */
export const under = (folder: string, files: Map<string, Bytes>) =>
  Array.from(files, ([name, bytes]): [string, Bytes] => [`${folder}/${name}`, bytes])

/** A folder with a program in it, as an installation has. */
export const installed = async (program: Bytes) => {
  const folder = await mkdtemp(join(tmpdir(), "fased-update-"))
  const target = join(folder, "bin", "fased")
  await mkdir(join(folder, "bin"))
  await writeFile(target, program)
  await chmod(target, 0o755)
  return {
    folder,
    target,
    state: join(folder, "state"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
