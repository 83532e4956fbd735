import { expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describeIssue } from "../../src/config/faults.ts"
import { judgeConfig } from "../../src/config/load.ts"
import { sections } from "./sample.ts"

const folder = join(import.meta.dir, "cases")
const env = { SET: "value", EMPTY: "", SECRET: "sk-do-not-show-this-anywhere" }

/** Each case: the file, a line of dashes, and what a person is told about it. */
for (const name of readdirSync(folder).toSorted()) {
  test(`config case ${name.replace(".txt", "")}`, async () => {
    const [text, expected] = readFileSync(join(folder, name), "utf8").split(/^-{5,}\n/m)
    const path = name.includes(".yaml") ? "fased.yaml" : "fased.json"
    const { issues, values } = await judgeConfig(text!, { path, sections, env })
    expect(issues.map((issue) => `${describeIssue(issue)}\n`).join("")).toBe(expected!)
    expect(values === undefined).toBe(issues.length > 0)
  })
}
