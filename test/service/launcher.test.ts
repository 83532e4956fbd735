import { afterEach, beforeEach, expect, test } from "bun:test"
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findLauncher, placeLauncher } from "../../src/service/launcher.ts"

let folder: string
let home: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fased-launcher-"))
  home = join(folder, "home")
  mkdirSync(join(home, ".local", "bin"), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const program = (path: string) => {
  mkdirSync(join(path, ".."), { recursive: true })
  writeFileSync(path, "a program", { mode: 0o755 })
  return path
}

test("the name people call it by is what the service starts, so that an update counts", () => {
  const binary = program(join(home, "versions", "1.2.3", "fased"))
  const bin = join(home, "bin")
  mkdirSync(bin)
  symlinkSync(binary, join(bin, "fased"))
  expect(findLauncher({ binary, home, env: { PATH: `/usr/bin:${bin}` } })).toEqual({
    path: join(bin, "fased"),
  })
})

test("N193: another fased earlier in PATH is not taken for this one", () => {
  const binary = program(join(home, ".local", "bin", "fased"))
  program(join(folder, "evil", "fased"))
  const env = { PATH: `.:${join(folder, "evil")}` }
  expect(findLauncher({ binary, home, env })).toEqual({ path: binary })
})

test("a program that lies where it may stay is started from there", () => {
  const binary = program(join(home, "apps", "fased"))
  expect(findLauncher({ binary, home, env: {} })).toEqual({ path: binary })
})

test("a program in a temporary folder is put where the installer puts it", () => {
  const binary = program(join(folder, "download", "fased"))
  const env = { PATH: join(folder, "download") }
  const launcher = findLauncher({ binary, home, env })
  expect(launcher).toEqual({ path: join(home, ".local", "bin", "fased"), copyOf: binary })
  placeLauncher(launcher)
  expect(readFileSync(launcher.path, "utf8")).toBe("a program")
  expect(statSync(launcher.path).mode & 0o777).toBe(0o755)
  expect(() => findLauncher({ binary, home, env })).toThrow("temporary files go away")
})

test("run from the sources there is no program to start", () => {
  expect(() => findLauncher({ binary: undefined, home, env: {} })).toThrow(
    "needs the compiled program",
  )
})
