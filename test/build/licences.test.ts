import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { root } from "../support/source-tree.ts"

const fased = join(root, "dist/fased")
const testCompiled = test.skipIf(!existsSync(fased) && Bun.env.CI !== "true")

/** Words that stand in the code of a package and nowhere else; the plugin of WhatsApp fetches them. */
const marks = {
  libsignal: ["node_modules/libsignal/src/session_cipher.js", "WhisperMessageKeys"],
  baileys: ["node_modules/baileys/lib/Defaults/index.js", "Noise_XX_25519_AESGCM_SHA256"],
} as const

testCompiled(
  "the binary holds nothing of libsignal, which is under the GPL, nor of Baileys",
  async () => {
    const binary = Buffer.from(await Bun.file(fased).arrayBuffer())
    for (const [source, mark] of Object.values(marks)) {
      expect(await Bun.file(join(root, source)).text()).toContain(mark)
      expect(binary.includes(mark)).toBe(false)
      expect(binary.includes(Buffer.from(mark, "utf16le"))).toBe(false)
    }
  },
)
