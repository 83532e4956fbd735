import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { gzip } from "node:zlib"
import { compile, root } from "./compile.ts"
import { megabytes, type Report } from "./report.ts"
import { type Target } from "./targets.ts"

const compress = promisify(gzip)
const folder = join(root, "dist", "release")

const sha256 = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex")

/**
 * Fills `dist/release` with what a release serves: an asset per target, their checksums and the
 * installer. `SHA256SUMS` lists the asset as downloaded and the binary inside it, so an installer
 * can check before it unpacks and an installed binary can be traced to its release.
 */
export const release = async (names: readonly Target[], report: Report) => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const lines: string[] = []
  let packing: Promise<void> = Promise.resolve()

  for (const name of names) {
    const asset = `fased-${name}`
    const binary = join(folder, asset)
    const started = performance.now()
    const size = await compile(binary, name)
    await packing // one asset is packed while the next is compiled
    packing = (async () => {
      const raw = await readFile(binary)
      const packed = await compress(raw, { level: 9 })
      await writeFile(`${binary}.gz`, packed)
      await rm(binary)
      lines.push(`${sha256(packed)}  ${asset}.gz`, `${sha256(raw)}  ${asset}`)
      const sizes = `${megabytes(size)}, ${megabytes(packed.length)} packed`
      report(`dist/release/${asset}.gz`, sizes, performance.now() - started)
    })()
  }
  await packing

  await writeFile(join(folder, "SHA256SUMS"), `${lines.join("\n")}\n`)
  await copyFile(join(root, "install.sh"), join(folder, "install.sh"))
}
