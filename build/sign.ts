/** `npm run sign`: signs a release, or makes a key to sign releases with. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { manifestFile, type ReleaseKey, signatureFile } from "../src/update/manifest.ts"
import { root } from "./compile.ts"

const usage = `Usage: npm run sign -- [options]

Signs dist/release/${manifestFile} with the ed25519 key in FASED_SIGNING_KEY (PEM text) or a file.

  --key <file>       the key, as PEM
  --folder <dir>     the release (default: dist/release)
  --new-key <file>   makes a key instead: writes it to <file>, and its public half to
                     src/update/release-keys.json, which the next build trusts
  --help

To change keys: make a new one and release a version that trusts both, signed by the old key.
Sign with both from then on; a later version drops the old key.`

const keysFile = join(root, "src/update/release-keys.json")

/** What a binary keeps of a key: the id is the beginning of the public key's SHA-256. */
export const releaseKey = (key: KeyObject): ReleaseKey => {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" })
  const id = new Bun.CryptoHasher("sha256").update(spki).digest("hex").slice(0, 16)
  return { id, publicKey: spki.toString("base64") }
}

/** Adds a key's signature to a release; the ones of other keys stay. */
export const signRelease = async (folder: string, key: KeyObject) => {
  const bytes = await readFile(join(folder, manifestFile))
  const path = join(folder, signatureFile)
  const { id } = releaseKey(key)
  const others = (await readFile(path, "utf8").catch(() => ""))
    .split("\n")
    .filter((line) => line && !line.startsWith(`${id} `))
  const line = `${id} ${sign(null, bytes, key).toString("base64")}`
  await writeFile(path, `${[...others, line].join("\n")}\n`)
  return id
}

const makeKey = async (path: string) => {
  const { privateKey } = generateKeyPairSync("ed25519")
  const pem = privateKey.export({ format: "pem", type: "pkcs8" })
  await writeFile(path, pem, { flag: "wx", mode: 0o600 })
  const known: ReleaseKey[] = JSON.parse(await readFile(keysFile, "utf8"))
  const key = releaseKey(privateKey)
  await writeFile(keysFile, `${JSON.stringify([...known, key], null, 2)}\n`)
  console.log(`${path}: the key ${key.id}. Keep it off this machine; who has it can sign releases.`)
}

const main = async () => {
  const { values } = parseArgs({
    options: {
      key: { type: "string" },
      folder: { type: "string" },
      "new-key": { type: "string" },
      help: { type: "boolean" },
    },
  })
  if (values.help) return console.log(usage)
  if (values["new-key"]) return makeKey(values["new-key"])
  const pem = values.key ? await readFile(values.key, "utf8") : Bun.env.FASED_SIGNING_KEY
  if (!pem) throw new Error(`There is no key to sign with.\n\n${usage}`)
  const folder = values.folder ?? join(root, "dist", "release")
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== "ed25519") throw new Error("The key is not an ed25519 key.")
  console.log(`${join(folder, signatureFile)}: signed with ${await signRelease(folder, key)}`)
}

if (import.meta.main) {
  await main().catch((error: Error) => {
    console.error(error.message)
    process.exitCode = 1
  })
}
