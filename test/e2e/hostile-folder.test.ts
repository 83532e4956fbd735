import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
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
