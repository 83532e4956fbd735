import { expect, test } from "bun:test"
import { manualPage } from "../../src/cli/man.ts"

test("the manual page names every command and flag, in roff that man takes without a word", async () => {
  const page = await manualPage("1.2.3")
  for (const text of [".SS fased update [flags]", "\\-\\-include\\-secrets", "FASED_STATE_DIR"])
    expect(page).toContain(text)
  // What begins with a dot or a quote and is none of our macros would be swallowed.
  const requests = page.split("\n").filter((line) => /^[.']/.test(line))
  expect(requests.filter((line) => !/^\.(?:TH|SH|SS|TP|PP|BR?)\b/.test(line))).toEqual([])
})

const groff = Bun.which("groff")
test.skipIf(!groff && Bun.env.CI !== "true")("groff has nothing to say of it", async () => {
  const child = Bun.spawnSync([groff ?? "groff", "-ww", "-man", "-Tutf8", "-Kutf8"], {
    stdin: Buffer.from(await manualPage("1.2.3")),
    env: { PATH: "/usr/bin:/bin", MANWIDTH: "80" },
  })
  const said = child.stderr
    .toString()
    .split("\n")
    .filter((line) => line && !/adjust|break/.test(line))
  expect(said).toEqual([])
  expect(child.stdout.toString()).toContain("All went well.")
})
