import { expect, test } from "bun:test"
import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { folder, madeSources, reference } from "../build/docs.ts"

const outdated = "docs/reference is not what the declarations say; run: npm run docs"

test("the reference pages are what the declarations make of them", async () => {
  const made = await reference()
  expect((await readdir(folder)).sort(), outdated).toEqual(Object.keys(made).sort())
  for (const [name, text] of Object.entries(made)) {
    const kept = await Bun.file(join(folder, name)).text()
    expect(kept === text ? "current" : outdated, name).toBe("current")
  }
})

test("what is made in the source, such as the defaults of sections, is what they declare", async () => {
  for (const { path, text } of madeSources) {
    const kept = await Bun.file(path).text()
    expect(kept === (await text()) ? "current" : outdated, path).toBe("current")
  }
})

test("making the reference twice gives the same text", async () => {
  expect(await reference()).toEqual(await reference())
})

test("links between the pages lead somewhere", async () => {
  const docs = join(folder, "..")
  for await (const path of new Bun.Glob("**/*.md").scan({ cwd: docs, absolute: true })) {
    const text = await Bun.file(path).text()
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      const there = await Bun.file(join(path, "..", target!)).exists()
      expect(there ? "found" : `${path} links to ${target}`).toBe("found")
    }
  }
})
