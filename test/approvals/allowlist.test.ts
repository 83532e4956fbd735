import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { safeBinSettings } from "../../src/agents/safe-bins.ts"
import { matches, patternFor } from "../../src/approvals/allowlist.ts"
import { analyse } from "../../src/approvals/analyse.ts"
import { isSafe, withoutProfile } from "../../src/approvals/safe-bins.ts"
import { z } from "zod"
import { temporaryHome } from "../support/gateway.ts"

let home: Awaited<ReturnType<typeof temporaryHome>>
let bin: string
beforeAll(async () => {
  home = await temporaryHome()
  bin = join(home.path, "bin")
  mkdirSync(bin)
  mkdirSync(join(home.path, "elsewhere"))
  for (const name of ["bin/tool", "elsewhere/evil", "bin/python3", "bin/xargs", "bin/head"]) {
    writeFileSync(join(home.path, name), "#!/bin/sh\n")
    chmodSync(join(home.path, name), 0o755)
  }
  symlinkSync(join(home.path, "elsewhere/evil"), join(bin, "link"))
  symlinkSync(bin, join(home.path, "linked-bin"))
})
afterAll(() => home[Symbol.asyncDispose]())

const stepOf = (command: string) => {
  const path = `${bin}:/usr/bin:/bin`
  const analysis = analyse({ command, cwd: home.path, env: {}, path })
  if ("unclear" in analysis) throw new Error(analysis.unclear)
  return analysis.steps[0]!
}
const allows = (pattern: string, command: string) =>
  matches(pattern.replace("$H", home.path), stepOf(command), home.path)

describe("a pattern", () => {
  test.each([
    ["$H/bin/tool", "tool", true],
    ["$H/BIN/Tool", "tool", true],
    ["$H/bin/TOOL", "tool", true],
    ["~/bin/tool", "tool", true],
    ["$H/linked-bin/tool", "tool", true],
    ["$H/bin/*", "tool", true],
    ["$H/**", "tool", true],
    ["$H/*", "tool", false],
    ["$H/bin/too?", "tool", true],
    // A name alone, or a way around, is no place.
    ["tool", "tool", false],
    ["*", "tool", false],
    ["**", "tool", false],
    ["bin/tool", "bin/tool", false],
    ["$H/elsewhere/../bin/tool", "tool", false],
    // A link leads where it leads.
    ["$H/bin/*", "link", false],
    ["$H/elsewhere/*", "link", false],
    ["$H/**", "link", true],
    ["$H/bin/link", "link", true],
    // What runs others is named in full, and given a file.
    ["$H/bin/*", "xargs rm", false],
    ["$H/bin/xargs", "xargs rm", true],
    ["$H/bin/*", "python3 x.py", false],
    ["$H/bin/python3", "python3 x.py", true],
    ["$H/bin/python3", "python3 -c 'import os'", false],
    ["$H/bin/python3", "python3", false],
    ["$H/bin/python3", "python3 $x", false],
    ["/bin/sh", "sh x.sh", true],
    ["/bin/sh", "sh", false],
    ["/usr/bin/ls", "ls", true],
    ["/bin/ls", "ls", true],
  ] as const)("%s for %s: %p", (pattern, command, allowed) => {
    expect(allows(pattern, command)).toBe(allowed)
  })

  test("is made for a plain program, by where it lies, and for no other", () => {
    expect(patternFor(stepOf("tool x"))).toBe(join(bin, "tool"))
    expect(patternFor(stepOf("env LANG=C nice tool x"))).toBe(join(bin, "tool"))
    expect(patternFor(stepOf("sh -c 'tool x'"))).toBe(join(bin, "tool"))
    for (const command of ["python3 x.py", "xargs rm", "find . -delete", "sh x.sh"])
      expect(patternFor(stepOf(command)), command).toBeUndefined()
  })
})

const settings = z.object(safeBinSettings()).parse({
  safeBins: ["cut", "head", "tail", "tr", "uniq", "wc", "grep", "sort", "jq", "tool", "cat", "sed"],
  safeBinProfiles: {
    cat: { maxPositional: 0, deniedFlags: ["-v"], allowedValueFlags: [] },
    sed: { maxPositional: 1 },
    sort: { deniedFlags: ["-u"], maxPositional: 0 },
  },
})

describe("a safe program", () => {
  test.each([
    "head -n 5",
    "head -5",
    "tail --lines=3",
    "cut -d: -f1",
    "cut --delimiter : --fields 1,2",
    "tr a-z A-Z",
    "tr -d '\\n'",
    "uniq -c",
    "wc -l",
    "grep -i 'x y'",
    "grep -e x",
    "sort -k2 -n",
    "cat -n",
    "cat",
  ])("may: %s", (command) => {
    const path = "/usr/bin:/bin"
    const analysis = analyse({ command, cwd: "/", env: {}, path })
    if ("unclear" in analysis) throw new Error(analysis.unclear)
    expect(isSafe(analysis.steps[0]!, settings)).toBe(true)
  })

  test.each([
    "head /etc/passwd",
    "head -n 5 /etc/passwd",
    "head -n",
    "head -- x",
    "tail -f",
    "tail -nF x",
    "uniq in out",
    "wc --files0-from=x",
    "wc --files0-fr=x",
    "grep x file",
    "grep -e x file",
    "grep -ex file",
    "grep --regexp=x file",
    "grep -r x",
    "grep -ir x",
    "grep --rec x",
    "grep -f x",
    "grep --fil=x y",
    "sort -o x",
    "sort -no x",
    "sort --out=x",
    "sort --output=x",
    "sort --compress-prog=x",
    "sort -u",
    "sort -T x",
    "tr $x y",
    "tr * y",
    "cut -f1 *",
    "jq -f x",
    "jq '$ENV.X'",
    "jq 'env'",
    "jq --rawfile a b .",
    "cat -v",
    "cat x",
    "sed 's/x/id/e'",
    "ls",
  ])("may not: %s", (command) => {
    const analysis = analyse({ command, cwd: "/", env: {}, path: "/usr/bin:/bin" })
    const safe = "steps" in analysis && isSafe(analysis.steps[0]!, settings)
    expect(safe).toBe(false)
  })

  test("is only one from a folder that is trusted", () => {
    const step = stepOf("head -n 5")
    expect(step.program.location).toBe(join(bin, "head"))
    expect(isSafe(step, settings)).toBe(false)
    expect(isSafe(step, { ...settings, safeBinTrustedDirs: [bin] })).toBe(true)
  })

  test("that nothing is known of is told about", () => {
    expect(withoutProfile(settings)).toEqual(["tool"])
  })
})
