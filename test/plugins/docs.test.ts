import { expect, test } from "bun:test"
import { join } from "node:path"

const root = join(import.meta.dir, "../..")
const text = (path: string) => Bun.file(join(root, path)).text()

test("the plugin that the docs show is the example, which other tests run, in about 60 lines", async () => {
  const page = await text("docs/plugins.md")
  const source = (await text("src/plugins/example/index.ts")).trim()
  expect(page).toContain(source)
  expect(page).toContain((await text("src/plugins/example/fased.plugin.json")).trim())
  expect(source.split("\n").length).toBeLessThan(66)
})
