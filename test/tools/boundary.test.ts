import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import {
  type Boundary,
  isWithin,
  lookWithin,
  presentWithin,
  readWithin,
  removeWithin,
  writeWithin,
} from "../../src/tools/boundary.ts"

let root: string
let inside: Boundary
let host: Boundary
const secret = () => join(root, "outside", "secret.txt")

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "fased-boundary-")))
  for (const folder of ["workspace", "outside", "state"]) mkdirSync(join(root, folder))
  writeFileSync(secret(), "secret")
  writeFileSync(join(root, "state", "fased.json"), "token")
  inside = { workspace: join(root, "workspace"), workspaceOnly: true, own: [join(root, "state")] }
  host = { ...inside, workspaceOnly: false }
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = (...parts: string[]) => join(inside.workspace, ...parts)
const codeOf = (work: () => unknown) => {
  try {
    work()
    return "allowed"
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe("what lies outside stays out of reach", () => {
  const paths: [string, (() => string) | string, string][] = [
    ["a parent", "../outside/secret.txt", "tools.outside-workspace"],
    ["a parent in the middle", "a/../../outside/secret.txt", "tools.outside-workspace"],
    ["an absolute path", secret, "tools.outside-workspace"],
    ["a path outside that does not exist", "/no/such/file", "tools.outside-workspace"],
    ["/proc", "/proc/self/environ", "tools.outside-workspace"],
    ["a NUL", "a\0/../../outside/secret.txt", "tools.bad-path"],
    ["~", "~/.ssh/id_ed25519", "tools.bad-path"],
    ["nothing", "  ", "tools.bad-path"],
    [
      "a sibling that shares the prefix",
      () => `${inside.workspace}-2/x`,
      "tools.outside-workspace",
    ],
  ]
  for (const [what, path, code] of paths)
    test(`by ${what}`, () => {
      const given = typeof path === "string" ? path : path()
      expect(codeOf(() => readWithin(inside, given))).toBe(code)
      expect(codeOf(() => writeWithin(inside, given, "x"))).toBe(code)
      expect(codeOf(() => lookWithin(inside, given, () => 0))).toBe(code)
      expect(codeOf(() => removeWithin(inside, given))).toBe(code)
      expect(codeOf(() => presentWithin(inside, given))).toBe(code)
      expect(readFileSync(secret(), "utf8")).toBe("secret")
    })

  test("by a link as the last part", () => {
    symlinkSync(secret(), at("leaf"))
    expect(codeOf(() => readWithin(inside, "leaf"))).toBe("tools.outside-workspace")
    expect(codeOf(() => writeWithin(inside, "leaf", "x"))).toBe("tools.outside-workspace")
    expect(readFileSync(secret(), "utf8")).toBe("secret")
  })

  test("by a link as a parent, also to a file that does not exist yet", () => {
    symlinkSync(join(root, "outside"), at("door"))
    expect(codeOf(() => readWithin(inside, "door/secret.txt"))).toBe("tools.outside-workspace")
    expect(codeOf(() => writeWithin(inside, "door/new.txt", "x"))).toBe("tools.outside-workspace")
    expect(codeOf(() => writeWithin(inside, "door/a/b.txt", "x"))).toBe("tools.outside-workspace")
    expect(existsSync(join(root, "outside", "new.txt"))).toBe(false)
    expect(existsSync(join(root, "outside", "a"))).toBe(false)
  })

  test("by a link that leads nowhere yet", () => {
    symlinkSync(join(root, "outside", "planted.txt"), at("dangling"))
    expect(codeOf(() => writeWithin(inside, "dangling", "x"))).not.toBe("allowed")
    expect(existsSync(join(root, "outside", "planted.txt"))).toBe(false)
  })

  test("by a hard link, to read or to write", () => {
    linkSync(secret(), at("twin"))
    expect(codeOf(() => readWithin(inside, "twin"))).toBe("tools.not-a-file")
    expect(codeOf(() => writeWithin(inside, "twin", "x"))).toBe("tools.not-a-file")
    expect(codeOf(() => removeWithin(inside, "twin"))).toBe("tools.not-a-file")
    expect(readFileSync(secret(), "utf8")).toBe("secret")
  })

  test("by swapping a parent for a link over and over while files are read and written", async () => {
    mkdirSync(at("real"))
    writeFileSync(at("real", "secret.txt"), "mine")
    writeFileSync(join(root, "outside", "victim.txt"), "here")
    const swapper = Bun.spawn(
      ["sh", "-c", `while :; do rm -rf p; ln -s real p; rm -f p; ln -s ../outside p; done`],
      { cwd: inside.workspace, stdout: "ignore", stderr: "ignore" },
    )
    try {
      for (let round = 0; round < 1000; round++) {
        try {
          expect(readWithin(inside, "p/secret.txt").toString()).toBe("mine")
        } catch (error) {
          expect((error as { code: string }).code).toStartWith("tools.")
        }
        codeOf(() => writeWithin(inside, "p/new.txt", "x"))
        codeOf(() => removeWithin(inside, "p/victim.txt"))
      }
    } finally {
      swapper.kill("SIGKILL")
      await swapper.exited
    }
    expect(existsSync(join(root, "outside", "new.txt"))).toBe(false)
    expect(existsSync(join(root, "outside", "victim.txt"))).toBe(true)
  })
})

test("a named pipe is refused at once instead of waited for", () => {
  Bun.spawnSync(["mkfifo", at("pipe")])
  expect(codeOf(() => readWithin(inside, "pipe"))).toBe("tools.not-a-file")
  expect(codeOf(() => writeWithin(inside, "pipe", "x"))).toBe("tools.not-a-file")
})

test("what git and fased trust cannot be written, in any spelling", () => {
  mkdirSync(at(".git", "hooks"), { recursive: true })
  for (const path of [".git/hooks/pre-commit", ".GIT/config", "a/.git/config", ".fased/x"])
    expect(codeOf(() => writeWithin(inside, path, "x"))).toBe("tools.protected-path")
})

test("links that stay inside are followed, and written through", () => {
  writeFileSync(at("AGENTS.md"), "rules")
  symlinkSync("AGENTS.md", at("CLAUDE.md"))
  expect(readWithin(inside, "CLAUDE.md").toString()).toBe("rules")
  writeWithin(inside, "CLAUDE.md", "new rules")
  expect(readFileSync(at("AGENTS.md"), "utf8")).toBe("new rules")
})

test("a workspace that is itself reached through a link works by either name", () => {
  symlinkSync(inside.workspace, join(root, "alias"))
  const aliased = { ...inside, workspace: join(root, "alias") }
  writeWithin(aliased, "a.txt", "a")
  expect(readWithin(aliased, join(root, "alias", "a.txt")).toString()).toBe("a")
  expect(readWithin(aliased, join(root, "workspace", "a.txt")).toString()).toBe("a")
})

test("writing makes folders, keeps an existing file's mode and leaves nothing behind", () => {
  expect(writeWithin(inside, "a/b/c.txt", "1")).toEqual({ created: true })
  expect(statSync(at("a/b/c.txt")).mode & 0o777).toBe(0o644)
  chmodSync(at("a/b/c.txt"), 0o755)
  expect(writeWithin(inside, "a/b/c.txt", "2")).toEqual({ created: false })
  expect(statSync(at("a/b/c.txt")).mode & 0o777).toBe(0o755)
  expect(lookWithin(inside, "a/b", (folder) => [...new Bun.Glob("*").scanSync(folder)])).toEqual([
    "c.txt",
  ])
})

test("with the workspace limit lifted the host is readable, but not fased's state nor the kernel's files", () => {
  expect(readWithin(host, secret()).toString()).toBe("secret")
  expect(writeWithin(host, join(root, "outside", "n/new.txt"), "x")).toEqual({ created: true })
  expect(codeOf(() => readWithin(host, join(root, "state", "fased.json")))).toBe(
    "tools.protected-path",
  )
  expect(codeOf(() => readWithin(host, "../state/fased.json"))).toBe("tools.protected-path")
  expect(codeOf(() => readWithin(host, "/proc/self/environ"))).toBe("tools.protected-path")
  expect(codeOf(() => readWithin(host, "/dev/zero"))).toBe("tools.protected-path")
})

test("a workspace inside the state folder is in reach while its neighbours are not", () => {
  mkdirSync(join(root, "state", "workspace"))
  const nested = { ...host, workspace: join(root, "state", "workspace") }
  expect(writeWithin(nested, "notes.md", "x")).toEqual({ created: true })
  expect(codeOf(() => readWithin(nested, "../fased.json"))).toBe("tools.protected-path")
})

test("fased's own places stay out of reach inside a workspace that holds them", () => {
  const around = { ...inside, workspace: root, own: [join(root, "state"), join(root, "one.json")] }
  writeFileSync(join(root, "one.json"), "token")
  for (const path of ["state/fased.json", "one.json", "./outside/../state/fased.json"]) {
    expect(codeOf(() => readWithin(around, path))).toBe("tools.protected-path")
    expect(codeOf(() => writeWithin(around, path, "x"))).toBe("tools.protected-path")
  }
  expect(writeWithin(around, "outside/notes.md", "x")).toEqual({ created: true })
})

test("no descriptor stays open, whatever the outcome", () => {
  const open = () =>
    [...new Bun.Glob("*").scanSync({ cwd: "/proc/self/fd", onlyFiles: false })].length
  if (process.platform !== "linux") return
  codeOf(() => readWithin(inside, "none"))
  const before = open()
  for (let round = 0; round < 50; round++) {
    codeOf(() => readWithin(inside, "a/b/none"))
    codeOf(() => writeWithin(inside, "x/y.txt", "x"))
    codeOf(() => readWithin(inside, "x"))
  }
  expect(open()).toBeLessThanOrEqual(before)
})

test("no path of any shape reads or writes outside", () => {
  symlinkSync(join(root, "outside"), at("door"))
  const part = fc.constantFrom(
    "..",
    ".",
    "door",
    "secret.txt",
    "outside",
    "",
    "a",
    "~",
    "%2e%2e",
    "..\\",
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.boolean(), (parts, absolute) => {
      const path = (absolute ? "/" : "") + parts.join("/")
      expect(codeOf(() => readWithin(inside, path))).not.toBe("allowed")
      codeOf(() => removeWithin(inside, path))
      codeOf(() => writeWithin(inside, path, "planted"))
      expect(readFileSync(secret(), "utf8")).toBe("secret")
      // What was rightly written inside must not be found by the next round.
      for (const name of ["a", "secret.txt", "outside", "~", "%2e%2e", "..\\"])
        rmSync(at(name), { recursive: true, force: true })
    }),
    { numRuns: 300 },
  )
  expect([...new Bun.Glob("**").scanSync(join(root, "outside"))]).toEqual(["secret.txt"])
})

test("isWithin is not fooled by names that begin with two dots", () => {
  expect(isWithin("/a", "/a/..b")).toBe(true)
  expect(isWithin("/a", "/ab")).toBe(false)
  expect(isWithin("/a", "/")).toBe(false)
  expect(isWithin("/", "/a")).toBe(true)
})
