import { expect, test } from "bun:test"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import root from "../../../package.json"
import { bundledFiles } from "../../../src/plugins/bundled.ts"
import plugin from "../../../src/plugins/whatsapp/package.json"

const src = join(import.meta.dir, "../../../src")
const folder = join(src, "plugins/whatsapp")

test("everything of the plugin goes along, as it is", async () => {
  const files = (await bundledFiles("whatsapp"))!
  expect(Object.keys(files).toSorted()).toEqual(readdirSync(folder).toSorted())
  for (const [name, text] of Object.entries(files))
    expect(text).toBe(await Bun.file(join(folder, name)).text())
})

test("N194: every package that is fetched for it is pinned by its hash, and comes from the registry", async () => {
  const lock = await Bun.file(join(folder, "bun.lock")).text()
  const { packages } = Bun.JSON5.parse(lock) as { packages: Record<string, unknown[]> }
  expect(Object.keys(packages)).toContain("libsignal")
  for (const [, source, , hash] of Object.values(packages)) {
    expect(source).toBe("")
    expect(hash).toMatch(/^sha512-/)
  }
})

test("the tests know the same Baileys that is fetched", () => {
  expect(plugin.dependencies.baileys).toBe(root.devDependencies.baileys)
  expect(Object.keys(root.dependencies)).not.toContain("baileys")
})

test("nothing of the program imports Baileys, nor the plugin", async () => {
  for await (const path of new Bun.Glob("**/*.{ts,tsx}").scan(src)) {
    if (path.startsWith("plugins/whatsapp/")) continue
    const text = await Bun.file(join(src, path)).text()
    expect(text).not.toMatch(/(?:from|import\() *"(?:baileys|libsignal|[^"]*whatsapp\/)/)
  }
})
