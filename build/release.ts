import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { version } from "../package.json"
import type { Channel } from "../src/update/config.ts"
import { releaseKeys } from "../src/update/keys.ts"
import { type Asset, type Manifest, manifestFile, type ReleaseKey } from "../src/update/manifest.ts"
import { compile, root } from "./compile.ts"
import { megabytes, type Report } from "./report.ts"
import { type Target } from "./targets.ts"

const folder = join(root, "dist", "release")

const sha256 = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex")

/** How long a release is vouched for; a server that stands still is noticed after that. */
const vouchedDays = 365

/** A version such as `0.3.0-beta.1` is meant for those who follow beta. */
const channelOf = (version: string): Channel =>
  /-beta\b/.test(version) ? "beta" : version.includes("-") ? "dev" : "stable"

/** What a release says of itself; `npm run sign` puts a signature over these bytes. */
export const manifestText = (
  assets: Record<string, Asset>,
  { version, channel, now }: { version: string; channel: Channel; now: number },
) => {
  const manifest: Manifest = {
    product: "fased",
    format: 1,
    version,
    channel,
    published: new Date(now).toISOString(),
    expires: new Date(now + vouchedDays * 86_400_000).toISOString(),
    assets,
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}

/** As gzip, 1.4 MB smaller than zlib makes it at its best; that takes half a minute. */
const pack = (binary: Uint8Array<ArrayBuffer>) =>
  Bun.gzipSync(binary, { library: "libdeflate", level: 10 })

/** What the manifest says of one target's build. */
export const describeAsset = (file: string, packed: Uint8Array, binary: Uint8Array): Asset => ({
  file,
  size: packed.length,
  sha256: sha256(packed),
  binarySize: binary.length,
  binarySha256: sha256(binary),
})

/** The installer, with the keys it checks a release by. */
export const installer = async (keys: readonly ReleaseKey[]) =>
  (await readFile(join(root, "install.sh"), "utf8")).replace(
    "release_keys=''",
    `release_keys='${keys.map(({ id, publicKey }) => `${id}:${publicKey}`).join(" ")}'`,
  )

/**
 * Fills `dist/release` with what a release serves: an asset per target, the manifest, checksums
 * and the installer. `SHA256SUMS` lists the asset as downloaded and the binary inside it, so an
 * installer can check before it unpacks and an installed binary can be traced to its release.
 */
export const release = async (names: readonly Target[], report: Report) => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const lines: string[] = []
  const assets: Record<string, Asset> = {}

  for (const name of names) {
    const asset = `fased-${name}`
    const binary = join(folder, asset)
    const started = performance.now()
    const size = await compile(binary, name)
    const raw = await readFile(binary)
    const packed = pack(raw)
    await writeFile(`${binary}.gz`, packed)
    await rm(binary)
    const described = describeAsset(`${asset}.gz`, packed, raw)
    assets[name] = described
    lines.push(`${described.sha256}  ${asset}.gz`, `${described.binarySha256}  ${asset}`)
    const sizes = `${megabytes(size)}, ${megabytes(packed.length)} packed`
    report(`dist/release/${asset}.gz`, sizes, performance.now() - started)
  }

  await writeFile(join(folder, "SHA256SUMS"), `${lines.join("\n")}\n`)
  const about = { version, channel: channelOf(version), now: Date.now() }
  await writeFile(join(folder, manifestFile), manifestText(assets, about))
  await writeFile(join(folder, "install.sh"), await installer(releaseKeys), { mode: 0o755 })
}
