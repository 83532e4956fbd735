import { expect, test } from "bun:test"
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { systemClock } from "../../src/kernel/clock.ts"
import { stage } from "../../src/plugins/install.ts"
import { temporaryHome } from "../support/gateway.ts"

const example = join(import.meta.dir, "../../src/plugins/example")

/** A copy of the example, changed before it is laid out. */
const staging = async (change: (folder: string) => void = () => undefined) => {
  const home = await temporaryHome()
  const folder = join(home.path, "source")
  cpSync(example, folder, { recursive: true })
  change(folder)
  const state = join(home.path, "state")
  mkdirSync(state)
  const options = { state, env: {}, execPath: process.execPath, clock: systemClock }
  return { home, plugins: join(state, "plugins"), work: stage({ folder }, options) }
}

test("a plugin is laid out beside its place and put there in one step", async () => {
  const { home, plugins, work } = await staging()
  await using _ = home
  const staged = await work
  expect(existsSync(join(plugins, "example"))).toBe(false)
  await staged.commit()
  await staged.drop()
  expect(readdirSync(plugins)).toEqual(["example"])
  expect(readdirSync(join(plugins, "example")).sort()).toEqual(["fased.plugin.json", "index.ts"])
})

test.each([
  [
    "a link that leads elsewhere",
    (folder: string) => symlinkSync("/etc/passwd", join(folder, "notes")),
  ],
  [
    "packages without a lock that names their hashes",
    (folder: string) =>
      writeFileSync(join(folder, "package.json"), '{"dependencies":{"left-pad":"1.3.0"}}'),
  ],
  [
    "a package of whatever version",
    (folder: string) => {
      writeFileSync(join(folder, "package.json"), '{"dependencies":{"left-pad":"^1.3.0"}}')
      writeFileSync(join(folder, "bun.lock"), "{}")
    },
  ],
  [
    "a package from an address",
    (folder: string) => {
      writeFileSync(
        join(folder, "package.json"),
        '{"dependencies":{"left-pad":"https://evil.example/x.tgz"}}',
      )
      writeFileSync(join(folder, "bun.lock"), "{}")
    },
  ],
  [
    "an entry outside of itself",
    (folder: string) =>
      writeFileSync(
        join(folder, "fased.plugin.json"),
        JSON.stringify({ id: "example", entry: "../../evil.ts" }),
      ),
  ],
])("N195: a plugin with %s is refused, and nothing of it is left", async (_, change) => {
  const { home, plugins, work } = await staging(change)
  await using __ = home
  await expect(work).rejects.toMatchObject({ code: "plugins.bad" })
  expect(readdirSync(plugins)).toEqual([])
})

test("packages that were there already do not come along", async () => {
  const { home, plugins, work } = await staging((folder) => {
    mkdirSync(join(folder, "node_modules", "evil"), { recursive: true })
    writeFileSync(join(folder, "node_modules", "evil", "index.js"), "process.exit(1)")
  })
  await using _ = home
  await (await work).commit()
  expect(readdirSync(join(plugins, "example"))).not.toContain("node_modules")
})
