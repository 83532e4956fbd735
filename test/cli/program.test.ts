import { afterAll, beforeAll, expect, test } from "bun:test"
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { programName } from "../../src/cli/program.ts"

let home: string
beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "fased-program-")))
  for (const path of ["repo/dist/fased", "other/fased", "my files/fased"]) {
    await Bun.write(join(home, path), "")
    chmodSync(join(home, path), 0o755)
  }
  mkdirSync(join(home, "bin"))
  symlinkSync(join(home, "repo/dist/fased"), join(home, "bin/fased"))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

test.each([
  ["its name, where the shell finds it", "repo/dist/fased", "", "bin", "fased"],
  ["a path, where the shell finds another one", "repo/dist/fased", "repo", "other", "dist/fased"],
  ["the path from here", "repo/dist/fased", "repo", "", "dist/fased"],
  ["a path even in its own folder", "repo/dist/fased", "repo/dist", "", "./fased"],
  ["the whole path from elsewhere", "repo/dist/fased", "bin", "", "$HOME/repo/dist/fased"],
  ["quotes, where the shell needs them", "my files/fased", "", "", "'my files/fased'"],
])("what to type is %s", (_, execPath, cwd, path, wanted) => {
  const name = programName({
    execPath: join(home, execPath),
    cwd: join(home, cwd),
    env: { PATH: path && join(home, path) },
  })
  expect(name).toBe(wanted.replace("$HOME", home))
})
