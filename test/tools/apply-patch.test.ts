import { describe, expect, test } from "bun:test"
import { chmodSync, linkSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import type { Standing } from "../../src/kernel/tool.ts"
import { applyPatch } from "../../src/tools/apply-patch.ts"
import { parsePatch } from "../../src/tools/patch.ts"
import { patchText } from "../../src/tools/patch-text.ts"
import { fileWorkspace } from "../support/file-tools.ts"

const patch = (...lines: string[]) => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n")
/** A text with one file's chunks applied. */
const patched = (text: string, ...lines: string[]) => {
  const [step] = parsePatch(patch("*** Update File: a", ...lines))
  return patchText(text, step?.kind === "update" ? step.chunks : [])
}

describe("an update", () => {
  const file = "one\ntwo\nthree\nfour\n"
  const rows: [string, string, string[], string][] = [
    ["replaces a line", file, ["@@", " one", "-two", "+2", " three"], "one\n2\nthree\nfour\n"],
    ["needs no @@ for its first part", file, [" one", "-two", "+2"], "one\n2\nthree\nfour\n"],
    ["removes", file, ["@@", "-two", "-three"], "one\nfour\n"],
    [
      "adds between what it quotes",
      file,
      ["@@", " two", "+2.5", " three"],
      "one\ntwo\n2.5\nthree\nfour\n",
    ],
    ["adds behind a context", file, ["@@ two", "+2.5"], "one\ntwo\n2.5\nthree\nfour\n"],
    ["adds at the end without one", file, ["@@", "+five"], `${file}five\n`],
    ["fills an empty file", "", ["@@", "+one"], "one\n"],
    [
      "has many parts in order",
      file,
      ["@@", "-one", "+1", "@@", "-four", "+4"],
      "1\ntwo\nthree\n4\n",
    ],
    [
      "goes to its context first",
      "def a():\n  x\ndef b():\n  x\n",
      ["@@ def b():", "-  x", "+  y"],
      "def a():\n  x\ndef b():\n  y\n",
    ],
    [
      "goes through nested contexts",
      "class A\n  f\n   x\nclass B\n  f\n   x\n",
      ["@@ class B", "@@   f", "-   x", "+   y"],
      "class A\n  f\n   x\nclass B\n  f\n   y\n",
    ],
    [
      "takes the last place at the end of the file",
      "a\nb\na\n",
      ["@@", "-a", "+z", "*** End of File"],
      "a\nb\nz\n",
    ],
    [
      "forgives white space at the end of lines, and keeps the file's",
      "one \ntwo\t\n",
      ["@@", " one", "-two", "+2"],
      "one \n2\n",
    ],
    ["forgives indentation", "  one\n  two\n", ["@@", " one", "-two", "+  2"], "  one\n  2\n"],
    ["forgives quotes and dashes", "say “hi” – now\n", ["@@", '-say "hi" - now', "+bye"], "bye\n"],
    ["prefers the exact line to a similar one", "a  \na\n", ["@@", "-a", "+b"], "a  \nb\n"],
    ["keeps the file's ends of line", "a\r\nb\r\n", ["@@", " a", "-b", "+c"], "a\r\nc\r\n"],
    ["keeps a file without an end of line so", "a\nb", ["@@", "-b", "+c"], "a\nc"],
    ["keeps a mark at the beginning", "\ufeffa\nb\n", ["@@", " a", "-b", "+c"], "\ufeffa\nc\n"],
    [
      "takes an empty line for an empty line that stays",
      "a\n\nb\n",
      ["@@", " a", "", "-b", "+c"],
      "a\n\nc\n",
    ],
    ["lets go of a stray empty line", "a\nb\n", ["@@", " a", "-b", "+c", ""], "a\nc\n"],
    ["takes lines that begin with signs", "+a\n-b\n", ["@@", "-+a", "+++a", " -b"], "++a\n-b\n"],
    ["can empty a file", "a\n", ["@@", "-a"], ""],
  ]
  for (const [what, text, lines, expected] of rows)
    test(what, () => expect(patched(text, ...lines)).toBe(expected))

  test("does not fit where its lines are not, or stand before the part above", () => {
    expect(() => patched(file, "@@", "-five")).toThrow()
    expect(() => patched(file, "@@ nowhere", "+x")).toThrow()
    expect(() => patched(file, "@@", "-three", "@@", "-one")).toThrow()
  })
})

test("what is no patch is said to be none, with the line", () => {
  const bad = (text: string) => {
    try {
      parsePatch(text)
      return "taken"
    } catch (error) {
      return (error as Error).message
    }
  }
  expect(bad("")).toContain("first line")
  expect(bad("*** Begin Patch\n*** Delete File: a")).toContain("last line")
  expect(bad(patch())).toContain("names no file")
  expect(bad(patch("*** Add File:", "+x"))).toContain("line 2 names no file")
  expect(bad(patch("*** Add File: a", "x"))).toContain("line 3")
  expect(bad(patch("*** Update File: a"))).toContain("changes nothing")
  expect(bad(patch("*** Update File: a", "@@"))).toContain("nothing follows")
  expect(bad(patch("*** Update File: a", "@@", "x"))).toContain("line 4")
  expect(bad(patch("*** Update File: a", "@@", "+x", "*** Rename File: b"))).toContain("line 5")
})

test("a patch in a fence or a here-document is read", () => {
  const plain = patch("*** Delete File: a")
  for (const wrapped of [
    `\n\`\`\`diff\n${plain}\n\`\`\`\n`,
    `apply_patch <<'EOF'\n${plain}\nEOF`,
    `<<EOF\n${plain}\nEOF\n`,
    plain.replaceAll("\n", "\r\n"),
  ])
    expect(parsePatch(wrapped)).toEqual([{ kind: "delete", path: "a" }])
  expect(() => parsePatch(`rm -rf /\n${plain}`)).toThrow()
})

test("a difference between any two texts, written as a patch, turns one into the other", () => {
  const line = fc.constantFrom("a", "b", " c", "", "+d", "@@ e", "*** x")
  const texts = fc.array(line, { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(texts, texts, fc.nat(12), (before, after, at) => {
      const kept = before.slice(0, Math.min(at, before.length))
      const lines = [
        ...kept.map((text) => ` ${text}`),
        ...before.slice(kept.length).map((text) => `-${text}`),
        ...after.map((text) => `+${text}`),
      ]
      const text = before.map((line) => `${line}\n`).join("")
      const expected = [...kept, ...after].map((line) => `${line}\n`).join("")
      expect(patched(text, "@@", ...lines)).toBe(expected)
    }),
  )
})

test("files are added, changed, moved and removed in one go", async () => {
  using files = fileWorkspace({ exec: { applyPatch: { enabled: true } } })
  files.put("a.txt", "one\n")
  files.put("b.txt", "two\n")
  files.put("c.txt", "three\n")
  const input = patch(
    "*** Add File: new/d.txt",
    "+four",
    "+",
    "*** Update File: a.txt",
    "*** Move to: moved/a.txt",
    "@@",
    "-one",
    "+1",
    "*** Update File: b.txt",
    "@@",
    "-two",
    "+2",
    "*** Delete File: c.txt",
  )
  expect(await files.use(applyPatch, { input })).toBe(
    "Done:\nA new/d.txt\nD a.txt\nA moved/a.txt\nM b.txt\nD c.txt",
  )
  expect(["new/d.txt", "moved/a.txt", "b.txt"].map(files.content)).toEqual([
    "four\n\n",
    "1\n",
    "2\n",
  ])
  expect(["a.txt", "c.txt"].map(files.has)).toEqual([false, false])
})

test("a file may be named twice, and one made here may be changed", async () => {
  using files = fileWorkspace()
  files.put("a.txt", "1\n2\n")
  symlinkSync("a.txt", files.at("also-a.txt"))
  const input = patch(
    "*** Update File: a.txt",
    "@@",
    "-1",
    "+one",
    "*** Update File: also-a.txt",
    "@@",
    " one",
    "-2",
    "+two",
    "*** Add File: b.txt",
    "+x",
    "*** Update File: b.txt",
    "@@",
    "-x",
    "+y",
  )
  await files.use(applyPatch, { input })
  expect([files.content("a.txt"), files.content("b.txt")]).toEqual(["one\ntwo\n", "y\n"])
})

describe("all or nothing", () => {
  const first = ["*** Update File: a.txt", "@@", "-one", "+1"]
  const rows: [string, string[], string][] = [
    [
      "a part that does not fit",
      ["*** Update File: b.txt", "@@", "-x", "+y"],
      "tools.patch-does-not-fit",
    ],
    ["a file that is not there", ["*** Delete File: none"], "tools.no-such-file"],
    ["a new file that is there", ["*** Add File: b.txt", "+x"], "tools.already-there"],
    [
      "a move onto another file",
      ["*** Update File: b.txt", "*** Move to: folder/x"],
      "tools.already-there",
    ],
    ["a path outside", ["*** Add File: ../x", "+x"], "tools.outside-workspace"],
    ["an absolute path outside", ["*** Add File: /tmp/fased-x", "+x"], "tools.outside-workspace"],
    [
      "a move outside",
      ["*** Update File: b.txt", "*** Move to: ../b.txt"],
      "tools.outside-workspace",
    ],
    [
      "a link that leads outside",
      ["*** Update File: door/x", "@@", "+x"],
      "tools.outside-workspace",
    ],
    ["git's own files", ["*** Add File: .git/hooks/pre-commit", "+x"], "tools.protected-path"],
    ["a hard link", ["*** Delete File: twin"], "tools.not-a-file"],
    ["a folder", ["*** Delete File: folder"], "tools.not-a-file"],
    ["a binary", ["*** Update File: binary", "@@", "+x"], "tools.not-text"],
  ]
  for (const [what, lines, code] of rows)
    test(`${what} leaves every file as it was`, async () => {
      using files = fileWorkspace({ fs: { workspaceOnly: false } })
      for (const [name, text] of [
        ["a.txt", "one\n"],
        ["b.txt", "two\n"],
        ["c.txt", "c\n"],
        ["folder/x", "x"],
      ] as const)
        files.put(name, text)
      files.put("binary", new Uint8Array([0, 1, 2]))
      symlinkSync(files.root, files.at("door"))
      linkSync(files.at("c.txt"), files.at("twin"))
      expect(await files.code(applyPatch, { input: patch(...first, ...lines) })).toBe(code)
      expect([files.content("a.txt"), files.content("b.txt")]).toEqual(["one\n", "two\n"])
      expect(files.has(".git")).toBe(false)
    })

  test.skipIf(process.getuid?.() === 0)(
    "a folder that cannot be written puts all back",
    async () => {
      using files = fileWorkspace()
      files.put("a.txt", "one\n")
      files.put("closed/b.txt", "two\n")
      chmodSync(files.at("closed"), 0o500)
      const input = patch(...first, "*** Add File: n.txt", "+n", "*** Delete File: closed/b.txt")
      expect(await files.code(applyPatch, { input })).toBe("tools.not-permitted")
      chmodSync(files.at("closed"), 0o700)
      expect([files.content("a.txt"), files.has("n.txt")]).toEqual(["one\n", false])
    },
  )

  test("a step that fails while files are written puts those back, made folders aside", async () => {
    using files = fileWorkspace()
    files.put("a.txt", "one\n")
    // The new file's folder would go through the file made just before it.
    const input = patch(...first, "*** Add File: n", "+n", "*** Add File: n/inner.txt", "+x")
    expect(await files.code(applyPatch, { input })).toBe("tools.not-a-file")
    expect([files.content("a.txt"), files.has("n")]).toEqual(["one\n", false])
  })
})

test("a sandboxed session patches its own folder, and a read-only one nothing", async () => {
  using files = fileWorkspace({ fs: { workspaceOnly: false } })
  const own = join(files.root, "workspace", "own")
  files.put("own/a.txt", "one\n")
  const input = patch("*** Update File: a.txt", "@@", "-one", "+1")
  files.confine({ workspace: own, readOnly: true })
  expect(await files.code(applyPatch, { input })).toBe("tools.read-only")
  files.confine({ workspace: own, readOnly: false })
  await files.use(applyPatch, { input })
  expect(files.content("own/a.txt")).toBe("1\n")
})

test("it is offered when it is switched on, to models that know the format", () => {
  using off = fileWorkspace()
  using on = fileWorkspace({ exec: { applyPatch: { enabled: true } } })
  using listed = fileWorkspace({
    exec: { applyPatch: { enabled: true, allowModels: ["acme/one", "two"] } },
  })
  const offered = (files: typeof on, provider: string, model: string) =>
    applyPatch.available!({ ...files.context(), model: { provider, model } } as never) === true
  const known: [string, string, boolean][] = [
    ["openai", "gpt-5", true],
    ["openai-codex", "anything", true],
    ["openrouter", "openai/gpt-5", true],
    ["azure", "gpt-4.1", true],
    ["openai", "o3", true],
    ["anthropic", "claude", false],
    ["ollama", "solo3", false],
  ]
  for (const [provider, model, expected] of known) {
    expect(offered(off, provider, model)).toBe(false)
    expect(offered(on, provider, model), `${provider}/${model}`).toBe(expected)
  }
  expect(offered(listed, "Acme", "One")).toBe(true)
  expect(offered(listed, "x", "two")).toBe(true)
  expect(offered(listed, "openai", "gpt-5")).toBe(false)
  expect(applyPatch.available!(on.context() as Standing as never)).toBe(true)
})
