import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ensureWorkspace, readContextFiles, type Audience } from "../../src/agent/workspace.ts"

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fased-workspace-"))
  folder = join(root, "workspace")
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const env = { PATH: process.env.PATH, HOME: "/nowhere" }
const ensure = (change: object = {}) =>
  ensureWorkspace(folder, { skipBootstrap: false, env, ...change })
const budgets = { perFile: 20_000, total: 150_000 }
const context = (session: Audience = "main", change: object = {}) =>
  readContextFiles(folder, { session, budgets: { ...budgets, ...change } })
const names = (session?: Audience) => context(session).map(({ name }) => name)
const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
const textOf = (name: string) => context().find((file) => file.name === name)?.text

describe("a new workspace", () => {
  test("is private and holds the starter files and the first conversation", async () => {
    await ensure()
    expect(
      readdirSync(folder)
        .filter((name) => !name.startsWith("."))
        .sort(),
    ).toEqual([
      "AGENTS.md",
      "BOOTSTRAP.md",
      "HEARTBEAT.md",
      "IDENTITY.md",
      "SOUL.md",
      "TOOLS.md",
      "USER.md",
    ])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, "SOUL.md")).mode & 0o777).toBe(0o600)
  })

  test("has a git history where git is at hand, and does without where it is not", async () => {
    await ensure()
    expect(existsSync(join(folder, ".git"))).toBe(Bun.which("git") !== null)
    folder = join(root, "bare")
    await ensure({ env: { PATH: "/nowhere" } })
    expect(existsSync(join(folder, ".git"))).toBe(false)
    expect(existsSync(join(folder, "AGENTS.md"))).toBe(true)
  })

  test("asked for twice at once is made once", async () => {
    await Promise.all([ensure(), ensure(), ensure()])
    expect(existsSync(join(folder, "BOOTSTRAP.md"))).toBe(true)
  })

  test("stays empty when starter files are not wanted", async () => {
    await ensure({ skipBootstrap: true })
    expect(readdirSync(folder)).toEqual([])
  })
})

test("nothing a person wrote or deleted is touched again", async () => {
  await ensure()
  put("SOUL.md", "mine")
  rmSync(join(folder, "BOOTSTRAP.md"))
  rmSync(join(folder, "USER.md"))
  await ensure()
  expect(readFileSync(join(folder, "SOUL.md"), "utf8")).toBe("mine")
  expect(existsSync(join(folder, "BOOTSTRAP.md"))).toBe(false)
  expect(existsSync(join(folder, "USER.md"))).toBe(false)
})

test("a folder that was in use gets what is missing, but no first conversation", async () => {
  mkdirSync(folder)
  put("AGENTS.md", "rules")
  await ensure()
  expect(readFileSync(join(folder, "AGENTS.md"), "utf8")).toBe("rules")
  expect(existsSync(join(folder, "SOUL.md"))).toBe(true)
  expect(existsSync(join(folder, "BOOTSTRAP.md"))).toBe(false)
})

test("starter files are never written through a link", async () => {
  mkdirSync(folder)
  symlinkSync(join(root, "planted"), join(folder, "SOUL.md"))
  await ensure()
  expect(existsSync(join(root, "planted"))).toBe(false)
})

test("a workspace that cannot be made says so", async () => {
  writeFileSync(folder, "a file")
  await expect(ensure()).rejects.toMatchObject({ code: "agents.workspace-unusable" })
})

describe("what a prompt carries of the workspace", () => {
  test("depends on who can see it: memory is for the main session only", async () => {
    await ensure()
    put("MEMORY.md", "private")
    put("HEARTBEAT.md", "look at the mail")
    const shared = ["AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md"]
    expect(names("main")).toEqual([...shared, "BOOTSTRAP.md", "MEMORY.md"])
    expect(names("group")).toEqual(shared)
    expect(names("task")).toEqual(["AGENTS.md", "TOOLS.md"])
  })

  test("takes memory.md where there is no MEMORY.md", async () => {
    await ensure()
    put("memory.md", "old name")
    expect(context().at(-1)).toEqual({ name: "memory.md", text: "old name" })
  })

  test("marks what is missing and leaves out what is blank", async () => {
    await ensure()
    rmSync(join(folder, "USER.md"))
    put("TOOLS.md", " \n")
    put("BOOTSTRAP.md", "")
    expect(textOf("USER.md")).toBeNull()
    expect(names()).toEqual(["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md"])
  })

  test("is nothing but gaps for a folder that does not exist", () => {
    expect(context().every(({ text }) => text === null)).toBe(true)
  })

  test("is read again only when a file changes", async () => {
    await ensure()
    const first = context()
    expect(context()).toBe(first)
    appendFileSync(join(folder, "SOUL.md"), "\nand kind")
    expect(textOf("SOUL.md")).toEndWith("and kind")
    const second = context()
    rmSync(join(folder, "SOUL.md"))
    expect(context()).not.toBe(second)
  })

  test("keeps head and tail of a long file, within its budget", async () => {
    await ensure()
    put("AGENTS.md", `first ${"😀".repeat(5000)} last`)
    const text = context("main", { perFile: 1000 })[0]!.text!
    expect(text.length).toBeLessThanOrEqual(1000)
    expect(text).toStartWith("first ")
    expect(text).toEndWith(" last")
    expect(text).toContain("the middle of AGENTS.md is left out")
    expect(text.isWellFormed()).toBe(true)
  })

  test("stays within the budget of all files together", async () => {
    await ensure()
    for (const name of ["AGENTS.md", "SOUL.md", "TOOLS.md", "MEMORY.md"])
      put(name, "x".repeat(5000))
    const files = context("main", { total: 8000 })
    const total = files.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)
    expect(total).toBeLessThan(8500)
    expect(files.at(-1)).toEqual({
      name: "MEMORY.md",
      cutFrom: 5000,
      text: "[left out: too long; use read for MEMORY.md]",
    })
  })

  test("follows links inside the workspace, never out of it", async () => {
    await ensure()
    writeFileSync(join(root, "secret"), "sk-secret")
    for (const name of ["AGENTS.md", "SOUL.md"]) rmSync(join(folder, name))
    put("RULES.md", "house rules")
    symlinkSync("RULES.md", join(folder, "AGENTS.md"))
    symlinkSync(join(root, "secret"), join(folder, "SOUL.md"))
    expect(textOf("AGENTS.md")).toBe("house rules")
    expect(textOf("SOUL.md")).toBe("[not read: SOUL.md lies outside the workspace.]")
  })
})
