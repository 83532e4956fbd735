/** What the doctor and the audit say of hooks. */
import { describe, expect, test } from "bun:test"
import { chmodSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { commandLine } from "../support/command-line.ts"
import { writeHook } from "./support.ts"

type Line = ReturnType<typeof commandLine>
const local = (internal: object) => ({
  gateway: { mode: "local", auth: { token: "an-audit-test-token-of-enough-length" } },
  hooks: { internal },
})
const audit = async (line: Line) => {
  const { out } = await line.fased(["security", "audit", "--json"])
  const { findings } = JSON.parse(out) as {
    findings: { checkId: string; severity: string; detail: string; remediation: string }[]
  }
  return findings.find(({ checkId }) => checkId === "hooks.internal_load_open")
}
const on = { enabled: true }

describe("the audit", () => {
  test("warns of hooks from workspaces, and more of one that is switched on there", async () => {
    using line = commandLine(local({ load: { workspaces: true }, entries: { notes: on } }))
    expect(await audit(line)).toMatchObject({
      severity: "warn",
      detail: expect.stringContaining("hooks.internal.load.workspaces"),
      remediation: expect.stringContaining("fased hooks install"),
    })
    writeHook(join(line.state, "workspace", "hooks"), "notes", { events: ["agent"], handler: "" })
    expect(await audit(line)).toMatchObject({
      severity: "critical",
      detail: expect.stringContaining("Switched on from there: notes."),
    })
  })

  test("tells a folder of the operator's own from one that others may write to", async () => {
    using line = commandLine(
      local({ load: { extraDirs: ["~/mine", "~/open/deep", "~/sticky/mine"] } }),
    )
    const folder = (name: string, mode: number) => {
      mkdirSync(join(line.home, name), { recursive: true })
      chmodSync(join(line.home, name), mode)
    }
    folder("mine", 0o700)
    folder("sticky", 0o1777)
    folder("sticky/mine", 0o700)
    expect(await audit(line)).toBeUndefined()
    folder("open", 0o777)
    folder("open/deep", 0o700)
    const found = await audit(line)
    expect(found?.detail).toContain("open/deep (hooks.internal.load.extraDirs): everybody")
    expect(found?.detail).not.toContain("mine")
    chmodSync(join(line.home, "mine"), 0o1777)
    expect((await audit(line))?.detail).toContain("/mine (")
  })

  test("sees a folder that lies in a workspace, by whatever way it is named", async () => {
    using line = commandLine(local({ load: { extraDirs: ["./workspace/../workspace/h"] } }))
    mkdirSync(join(line.state, "workspace", "h"), { recursive: true })
    expect((await audit(line))?.detail).toContain("): agents")
  })
})

test("the doctor names a hook that is switched on and cannot run", async () => {
  using line = commandLine(local({ entries: { gone: on, lacks: on, "boot-md": on } }))
  writeHook(join(line.state, "hooks"), "lacks", {
    events: ["agent"],
    handler: "",
    requires: { bins: ["no-such-program-anywhere"] },
  })
  const { out } = await line.fased(["doctor", "--json"])
  expect(out).toContain("The hook gone is switched on, but there is none.")
  expect(out).toContain("The hook lacks is switched on, but it needs the program no-such")
  expect(out).not.toContain("The hook boot-md")
})
