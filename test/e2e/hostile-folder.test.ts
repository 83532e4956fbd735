import { expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { answeredBy, freshHome } from "../support/binary.ts"
import { fakeModel } from "../support/fake-model.ts"
import { hostileMark, plantHostileFiles } from "../support/hostile-folder.ts"

test("started in a folder full of traps, it answers with a real provider and steps in none", async () => {
  await using model = fakeModel({ turns: ["Still here."] })
  await using home = freshHome()
  await plantHostileFiles(home.path)
  home.configure(answeredBy(model))
  await using gateway = await home.start()
  // Each of these brings in parts of the program that are loaded when they are first needed.
  const answer = await home.fased(["agent", "--message", "hello"])
  expect(answer).toEqual({ code: 0, out: "Still here.\n", err: "" })
  for (const command of ["doctor", "status", "config validate", "models list", "completion"]) {
    const { code, out } = await home.fased(command.split(" "))
    expect({ command, code }).toEqual({ command, code: 0 })
    expect(out).not.toContain("EVIL")
  }
  expect((await fetch(gateway.url)).status).toBe(200)
  expect(gateway.out() + gateway.err()).not.toContain("EVIL")
  expect(existsSync(join(home.path, hostileMark))).toBe(false)
  expect(existsSync(join(home.path, "taken"))).toBe(false)
})

test("N100 a .env of the folder it is run in, or of the workspace, says nothing", async () => {
  await using home = freshHome()
  home.configure({})
  const names = ["NODE_OPTIONS", "BUN_OPTIONS", "LD_PRELOAD", "FASED_CONFIG_PATH", "OPENAI_API_KEY"]
  const also = ["FASED_STATE_DIR", "FASED_GATEWAY_TOKEN", "OPENAI_BASE_URL", "HTTPS_PROXY", "PATH"]
  const text = [...names, ...also].map((name) => `${name}=evil-0123456789\n`).join("")
  const workspace = join(home.state, "workspace")
  mkdirSync(workspace, { recursive: true, mode: 0o700 })
  for (const folder of [home.path, workspace])
    for (const name of [".env", ".env.local", ".env.production"])
      writeFileSync(join(folder, name), text)
  const file = await home.fased(["config", "file"])
  expect(file).toMatchObject({ code: 0, err: "" })
  expect(file.out).not.toContain("evil")
  const doctor = await home.fased(["doctor", "--json"])
  expect(doctor.out).toContain("models.connected")
  expect(doctor.out).not.toContain("evil")
  await using gateway = await home.start()
  expect(gateway.token).not.toContain("evil")
})
