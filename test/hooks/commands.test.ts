import { expect, test } from "bun:test"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { commandLine } from "../support/command-line.ts"
import { writeHook } from "./support.ts"

test("a hook is installed, shown, switched off and on", async () => {
  using line = commandLine({ gateway: { mode: "local" } })
  const folder = writeHook(line.home, "mine", {
    events: ["agent:end"],
    handler: "export default () => {}",
  })
  const installed = await line.fased(["hooks", "install", folder, "--yes"])
  expect(installed).toMatchObject({ code: 0, err: "" })
  expect(existsSync(join(line.state, "hooks", "mine", "handler.ts"))).toBe(true)
  const list = async () => {
    const { out } = await line.fased(["hooks", "list", "--json"])
    const { hooks } = JSON.parse(out) as { hooks: { name: string; state: string }[] }
    return Object.fromEntries(hooks.map(({ name, state }) => [name, state]))
  }
  expect(await list()).toEqual({
    "boot-md": "off",
    "bootstrap-extra-files": "off",
    "command-logger": "off",
    mine: "on",
    "session-memory": "off",
  })
  await line.fased(["hooks", "disable", "mine"])
  await line.fased(["hooks", "enable", "boot-md"])
  expect(await list()).toMatchObject({ mine: "off", "boot-md": "on" })
  expect((await line.fased(["hooks", "info", "mine"])).out).toContain("Is told: agent:end")
  const again = await line.fased(["hooks", "install", folder, "--yes"])
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining("is there already") })
  expect(readFileSync(line.configFile, "utf8")).toContain("boot-md")
})

test("check tells what keeps a hook from running, and a name nobody has is refused", async () => {
  using line = commandLine({ gateway: { mode: "local" } })
  expect((await line.fased(["hooks", "check"])).code).toBe(0)
  writeHook(join(line.state, "hooks"), "half", { events: ["agent"] })
  const checked = await line.fased(["hooks", "check"])
  expect(checked).toMatchObject({ code: 1, out: expect.stringContaining("no handler.ts") })
  const enabled = await line.fased(["hooks", "enable", "nobody"])
  expect(enabled.code).not.toBe(0)
  expect(enabled.err).toContain('No hook is named "nobody"')
})
