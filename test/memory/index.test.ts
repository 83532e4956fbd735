import { expect, test } from "bun:test"
import {
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { memorySearchOf } from "../../src/agents/memory-search.ts"
import { agents } from "../../src/agents/config.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { createAgentIndex } from "../../src/memory/agent-index.ts"
import type { Embedder, Missing } from "../../src/memory/embedders.ts"
import { readMemory, rootsOf } from "../../src/memory/places.ts"
import { temporaryHome } from "../support/gateway.ts"
import { silentLog } from "../support/silent-log.ts"

/** Knows that tea and Assam are the same, and that nothing else is like anything. */
const meanings = ["tea assam brew", "database postgres sqlite", "heron bird weir"]
const embedder = (over: Partial<Embedder> = {}): Embedder => ({
  provider: "local",
  model: "fake",
  id: "local/fake",
  embed: async (texts) =>
    texts.map((text) =>
      Float32Array.from(meanings, (group) =>
        group.split(" ").some((word) => text.toLowerCase().includes(word)) ? 1 : 0.01,
      ),
    ),
  ...over,
})
const nobody: Missing = { missing: { message: "nobody" } }

const setUp = async (
  files: Record<string, string>,
  { by = nobody, search = {} }: { by?: Embedder | Missing; search?: object } = {},
) => {
  const home = await temporaryHome()
  const workspace = join(home.path, "workspace")
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(workspace, path)), { recursive: true })
    writeFileSync(join(workspace, path), text)
  }
  mkdirSync(workspace)
  for (const [path, text] of Object.entries(files)) write(path, text)
  const config = agents.schema.parse({ defaults: { memorySearch: search } })
  const settings = memorySearchOf({ id: "main" }, config)
  const path = join(home.path, "memory", "main.sqlite")
  let current = by
  const open = () =>
    createAgentIndex({
      path,
      settings: () => settings,
      roots: () => rootsOf(workspace, settings.extraPaths, home.path),
      embedder: () => current,
      clock: systemClock,
      log: silentLog,
    })
  let index = open()
  return {
    workspace,
    path,
    write,
    index: () => index,
    use: (next: Embedder | Missing) => (current = next),
    async reopen(between: () => void) {
      await index.close()
      between()
      index = open()
    },
    find: async (text: string) => {
      const { hits, ...about } = await index.search(text, {
        ...settings.query,
        signal: new AbortController().signal,
      })
      return { paths: hits.map((hit) => hit.path), hits, ...about }
    },
    async [Symbol.asyncDispose]() {
      await index.close()
      await home[Symbol.asyncDispose]()
    },
  }
}

test("words are found in MEMORY.md and notes, with the lines they stand on", async () => {
  await using memory = await setUp({
    "MEMORY.md": "# Facts\n\nThe gate code is 4711.\n",
    "memory/2026-01-02.md": "Saw a heron at the weir.\n",
    "README.md": "The gate code is not here.\n",
  })
  const { paths, hits, mode, note } = await memory.find("which gate code?")
  expect({ paths, mode, note }).toEqual({ paths: ["MEMORY.md"], mode: "keyword", note: undefined })
  expect(hits[0]).toMatchObject({ startLine: 1, endLine: 3 })
})

test("marks, case and signs in a question do not matter", async () => {
  await using memory = await setUp({ "MEMORY.md": "Rendez-vous au café de l'Évêché." })
  for (const text of ["CAFE", 'eveche" OR *', "(café) NEAR/3"])
    expect((await memory.find(text)).paths).toEqual(["MEMORY.md"])
  expect((await memory.find('"*()')).paths).toEqual([])
})

test("what changed since is found by the next search", async () => {
  await using memory = await setUp({ "memory/a.md": "old words" })
  expect((await memory.find("old")).paths).toEqual(["memory/a.md"])
  memory.write("memory/a.md", "fresh news")
  memory.write("memory/deep/b.md", "fresh too")
  expect((await memory.find("fresh")).paths.toSorted()).toEqual(["memory/a.md", "memory/deep/b.md"])
  expect((await memory.find("old")).paths).toEqual([])
  unlinkSync(join(memory.workspace, "memory/a.md"))
  expect((await memory.find("fresh")).paths).toEqual(["memory/deep/b.md"])
})

test("with an embedder, what means the same is found without a word in common", async () => {
  await using memory = await setUp(
    { "memory/a.md": "We drink assam.", "memory/b.md": "The heron came back." },
    { by: embedder() },
  )
  await memory.index().rebuild({ force: false })
  const { paths, mode, embedder: by } = await memory.find("which tea")
  expect({ paths, mode }).toEqual({ paths: ["memory/a.md"], mode: "hybrid" })
  expect(by).toMatchObject({ provider: "local", model: "fake" })
})

test("an embedder that fails leaves the words, says so, and rests", async () => {
  let calls = 0
  const by = embedder({
    embed: async () => {
      calls++
      throw new Error("down")
    },
  })
  await using memory = await setUp({ "memory/a.md": "We drink assam." }, { by })
  await memory.index().rebuild({ force: false })
  const { paths, mode, note } = await memory.find("assam")
  expect({ paths, mode }).toEqual({ paths: ["memory/a.md"], mode: "keyword" })
  expect(note).toStartWith("Searched by words alone")
  expect(calls).toBe(1)
})

test("another embedder makes every vector anew, and only once for equal text", async () => {
  const texts: string[] = []
  const counting = (id: string) => {
    const plain = embedder()
    return embedder({
      id,
      embed: async (all, options) => {
        texts.push(...all)
        return plain.embed(all, options)
      },
    })
  }
  await using memory = await setUp(
    { "memory/a.md": "assam", "memory/b.md": "assam" },
    { by: counting("one") },
  )
  await memory.index().rebuild({ force: false })
  await memory.index().rebuild({ force: true })
  expect(texts).toEqual(["assam"])
  memory.use(counting("two"))
  await memory.index().rebuild({ force: false })
  expect(texts).toEqual(["assam", "assam"])
  expect(memory.index().status()).toMatchObject({ chunks: 2, vectors: 1, missing: 0 })
})

test("links, hard links, other files and huge files are no memory", async () => {
  await using memory = await setUp({ "memory/a.md": "secret plan", "memory/notes.txt": "secret" })
  const outside = join(dirname(memory.workspace), "outside")
  mkdirSync(outside)
  writeFileSync(join(outside, "x.md"), "secret stuff")
  symlinkSync(outside, join(memory.workspace, "memory/link"))
  symlinkSync(join(outside, "x.md"), join(memory.workspace, "memory/y.md"))
  linkSync(join(outside, "x.md"), join(memory.workspace, "memory/z.md"))
  writeFileSync(join(memory.workspace, "memory/huge.md"), "secret")
  truncateSync(join(memory.workspace, "memory/huge.md"), 3_000_000)
  expect((await memory.find("secret")).paths).toEqual(["memory/a.md"])
  expect(memory.index().status().left.toSorted()).toEqual([
    "memory/huge.md is larger than 2 MB",
    "memory/link is a link",
    "memory/y.md is a link",
    "memory/z.md has several names (hard links)",
  ])
})

test("only memory can be read, by no trick of path or link", async () => {
  await using memory = await setUp({
    "MEMORY.md": "mine",
    "AGENTS.md": "rules",
    "memory/a.md": "note",
  })
  const { workspace } = memory
  const outside = join(dirname(workspace), "outside")
  mkdirSync(outside)
  writeFileSync(join(outside, "x.md"), "theirs")
  symlinkSync(outside, join(workspace, "memory/link"))
  symlinkSync(join(outside, "x.md"), join(workspace, "memory/y.md"))
  linkSync(join(outside, "x.md"), join(workspace, "memory/z.md"))
  const roots = rootsOf(workspace, [], workspace)
  const read = (path: string) => readMemory(roots, path)
  expect(read("MEMORY.md")).toBe("mine")
  expect(read("memory/a.md")).toBe("note")
  expect(read("./memory/../memory/a.md")).toBe("note")
  expect(read(join(workspace, "memory/a.md"))).toBe("note")
  expect(read("memory/none.md")).toBeNull()
  for (const path of [
    "AGENTS.md",
    "memory/../AGENTS.md",
    "memory/../../outside/x.md",
    join(outside, "x.md"),
    "memory/link/x.md",
    "memory/y.md",
    "memory/z.md",
    "memory",
    "memory/a.md\0.md",
    "/proc/self/environ",
    "~/x.md",
  ])
    expect([path, read(path)]).toEqual([path, undefined])
})

test("a part of the path that becomes a link leads nowhere", async () => {
  await using memory = await setUp({ "memory/deep/a.md": "note" })
  const { workspace } = memory
  const outside = join(dirname(workspace), "outside")
  renameSync(join(workspace, "memory/deep"), outside)
  symlinkSync(outside, join(workspace, "memory/deep"))
  expect(readMemory(rootsOf(workspace, [], workspace), "memory/deep/a.md")).toBeUndefined()
})

test("more paths are searched where the settings name them", async () => {
  await using home = await temporaryHome()
  mkdirSync(join(home.path, "vault"))
  writeFileSync(join(home.path, "vault/tea.md"), "assam first")
  await using memory = await setUp(
    { "MEMORY.md": "nothing" },
    { search: { extraPaths: [join(home.path, "vault"), "missing.md"] } },
  )
  expect((await memory.find("assam")).paths).toEqual([join(home.path, "vault/tea.md")])
  expect(memory.index().status().left).toEqual([
    `${join(memory.workspace, "missing.md")} is not there`,
  ])
})

test("a damaged index is made anew", async () => {
  await using memory = await setUp({ "MEMORY.md": "assam" })
  await memory.find("assam")
  await memory.reopen(() => {
    for (const part of ["-wal", "-shm"]) rmSync(memory.path + part, { force: true })
    writeFileSync(memory.path, "no database at all ".repeat(500))
  })
  expect((await memory.find("assam")).paths).toEqual(["MEMORY.md"])
})

test("what is written is embedded by itself, soon after", async () => {
  const embedded = Promise.withResolvers<void>()
  const by = embedder({
    embed: async (texts, options) => {
      if (texts.includes("fresh news") && options.purpose === "document") embedded.resolve()
      return embedder().embed(texts, options)
    },
  })
  await using memory = await setUp(
    { "memory/a.md": "old words" },
    { by, search: { sync: { watchDebounceMs: 100 } } },
  )
  await memory.index().freshen()
  memory.write("memory/b.md", "fresh news")
  await embedded.promise
})
