import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Paths } from "../../src/config/paths.ts"
import type { ToolContent } from "../../src/kernel/tool-content.ts"
import { find, grep } from "../../src/tools/search-tools.ts"
import { edit, list, read, write } from "../../src/tools/tools.ts"

let workspace: string
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "fased-tools-"))
})
afterEach(() => rmSync(workspace, { recursive: true, force: true }))

const context = () => ({
  agentId: "main",
  sessionKey: "agent:main:main",
  workspace,
  signal: new AbortController().signal,
  confined: () => undefined,
  shared: () => [],
  tools: { allow: [], deny: [], fs: { workspaceOnly: true } },
  paths: { state: "/no/state", config: "/no/fased.json", home: "/no/home" } as Paths,
})
const put = (name: string, content: string | Uint8Array) =>
  writeFileSync(join(workspace, name), content)
const content = (name: string) => readFileSync(join(workspace, name), "utf8")
const use = <P>(
  tool: { params: { parse(p: unknown): P }; run(p: P, c: never): unknown },
  params: object,
) => tool.run(tool.params.parse(params), context() as never)

test("read gives a file whole, or a part with where to go on", () => {
  put("a.txt", "one\ntwo\nthree\n")
  expect(use(read, { path: "a.txt" })).toBe("one\ntwo\nthree")
  expect(use(read, { path: "a.txt", offset: 2, limit: 1 })).toBe(
    "two\n[lines 2 to 2 of 3; read on with offset 3]",
  )
  expect(use(read, { path: "a.txt", offset: 9 })).toBe("[the file has only 3 lines]")
  put("empty", "")
  expect(use(read, { path: "empty" })).toBe("[the file is empty]")
})

test("read refuses what is not text, what is too big, folders and what is not there", () => {
  const code = (path: string) => {
    try {
      return use(read, { path })
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  put("picture", new Uint8Array([0x89, 0x50, 0, 1]))
  put("latin1", new Uint8Array([0xe9, 0x20]))
  put("huge", new Uint8Array(10_000_001))
  expect(["picture", "latin1", "huge", ".", "none", "picture/x"].map(code)).toEqual([
    "tools.not-text",
    "tools.not-text",
    "tools.file-too-big",
    "tools.not-a-file",
    "tools.no-such-file",
    "tools.not-a-file",
  ])
})

test("write says whether it made or replaced the file", () => {
  expect(use(write, { path: "notes/a.md", content: "é" })).toBe("Created notes/a.md (2 bytes).")
  expect(use(write, { path: "notes/a.md", content: "" })).toBe("Replaced notes/a.md (0 bytes).")
  expect(content("notes/a.md")).toBe("")
})

test("edit replaces exactly one place, and takes the new text literally", () => {
  put("a.txt", "\ufeffa = 1\r\nb = 2\r\n")
  expect(use(edit, { path: "a.txt", oldText: "b = 2", newText: "b = $& $1 $$" })).toBe(
    "Edited a.txt at line 2.",
  )
  expect(content("a.txt")).toBe("\ufeffa = 1\r\nb = $& $1 $$\r\n")
})

test("edit changes nothing when the text is missing, occurs twice or overlaps itself", () => {
  put("a.txt", "x x aaa")
  expect(() => use(edit, { path: "a.txt", oldText: "y", newText: "z" })).toThrow("does not occur")
  expect(() => use(edit, { path: "a.txt", oldText: "x", newText: "z" })).toThrow("occurs 2 times")
  expect(() => use(edit, { path: "a.txt", oldText: "aa", newText: "z" })).toThrow("occurs 2 times")
  expect(() => use(edit, { path: "a.txt", oldText: "", newText: "z" })).toThrow()
  expect(content("a.txt")).toBe("x x aaa")
})

test("edits asked for at the same time are all kept", async () => {
  put("a.txt", "1 2 3 4 5")
  await Promise.all(
    [1, 2, 3, 4, 5].map(async (n) =>
      use(edit, { path: "a.txt", oldText: `${n}`, newText: `<${n}>` }),
    ),
  )
  expect(content("a.txt")).toBe("<1> <2> <3> <4> <5>")
})

test("ls names folders, files with their sizes, and links without following them", () => {
  mkdirSync(join(workspace, "sub"))
  put("b.txt", "12345")
  symlinkSync("/etc/passwd", join(workspace, "link"))
  expect(use(list, {})).toBe("b.txt 5\nlink (link)\nsub/")
  expect(use(list, { path: "sub" })).toBe("[the folder is empty]")
})

test("read goes on where a long part ended, and cuts lines that are data", () => {
  put(
    "long.txt",
    Array.from({ length: 3000 }, (_, at) => `line ${at + 1} ${"x".repeat(60)}`).join("\n"),
  )
  let offset = 1
  const seen: string[] = []
  for (let rounds = 0; rounds < 20; rounds++) {
    const part = use(read, { path: "long.txt", offset }) as string
    expect(part.length).toBeLessThan(60_000)
    seen.push(...part.split("\n").filter((line) => line.startsWith("line")))
    const next = /read on with offset (\d+)\]$/.exec(part)
    if (!next) break
    offset = Number(next[1])
  }
  expect(seen.length).toBe(3000)
  expect(seen.at(-1)).toStartWith("line 3000")
  put("data.txt", `${"y".repeat(9_000_000)}\nend`)
  const data = use(read, { path: "data.txt" }) as string
  expect(data.length).toBeLessThan(5000)
  expect(data).toContain("[… 8996000 more characters in this line]\nend")
})

test("read shows pictures as pictures, whatever they are called", () => {
  const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(20)])
  put("notes.txt", png)
  const { content } = use(read, { path: "notes.txt" }) as ToolContent
  expect(content).toMatchObject([
    { type: "text", text: "[notes.txt: image/png, 28 bytes]" },
    { type: "image", mimeType: "image/png" },
  ])
  expect(Buffer.from((content[1] as { data: Uint8Array }).data)).toEqual(png)
})

const tree = () => {
  for (const folder of ["src/deep", ".git", "node_modules/x"])
    mkdirSync(join(workspace, folder), { recursive: true })
  put("readme.md", "Hello\nworld")
  put("src/a.ts", "const hello = 1\n")
  put("src/deep/b.ts", "// HELLO\n\tlet hello\n")
  put("src/data.bin", new Uint8Array([104, 101, 108, 108, 111, 0]))
  put(".git/config", "hello")
  put("node_modules/x/i.ts", "hello")
  symlinkSync("/etc", join(workspace, "etc"))
}

test("find gives files by name, without what git and packages keep, and follows no link", async () => {
  tree()
  expect(await use(find, { pattern: "*.ts" })).toBe("src/a.ts\nsrc/deep/b.ts")
  expect(await use(find, { pattern: "src/*.ts" })).toBe("src/a.ts")
  expect(await use(find, { path: "src", pattern: "**/*.ts" })).toBe("src/a.ts\nsrc/deep/b.ts")
  expect(await use(find, { pattern: "passwd" })).toBe("No file has such a name.")
  expect(() => use(find, { path: "../", pattern: "*" }) as Promise<unknown>).toThrow("outside")
  expect(() => use(find, { path: "etc", pattern: "*" }) as Promise<unknown>).toThrow("outside")
})

test("grep gives lines by what they hold, taken literally", async () => {
  tree()
  expect(await use(grep, { text: "hello" })).toBe(
    "src/a.ts:1: const hello = 1\nsrc/deep/b.ts:2: let hello",
  )
  expect(await use(grep, { text: "hello", ignoreCase: true, glob: "*.md" })).toBe(
    "readme.md:1: Hello",
  )
  expect(await use(grep, { text: "h.llo" })).toBe("No line holds that text.")
  for (let at = 0; at < 30; at++) put(`many${at}.txt`, "hit\n".repeat(20))
  const many = (await use(grep, { text: "hit" })) as string
  expect(many.split("\n")).toHaveLength(201)
  expect(many).toEndWith("[there may be more; look in a smaller folder or for something rarer]")
})

test("a pattern that would keep a careless matcher busy for ever is answered at once", async () => {
  put(`${"a".repeat(200)}.txt`, "x")
  expect(await use(find, { pattern: `${"*a".repeat(95)}b` })).toBe("No file has such a name.")
  expect(await use(find, { pattern: `${"{a,".repeat(60)}` })).toBeString()
})
