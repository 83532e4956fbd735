import { describe, expect, test } from "bun:test"
import type { Report } from "../../../src/doctor/run.ts"
import { isOfConfig, theConfig } from "./case.ts"
import { configs, legacy, yamls } from "./configs.ts"
import { databases } from "./databases.ts"
import { files } from "./files.ts"
import { difference, makeHome, token } from "./home.ts"
import { machines } from "./machines.ts"
import { permissions } from "./permissions.ts"

const cases = [...permissions, ...files, ...configs, ...yamls, ...legacy, ...databases, ...machines]

const idsOf = ({ findings }: Report) => findings.map(({ id }) => id).toSorted()
const isRoot = process.getuid?.() === 0

/** The config and its copies go by one name, and what lies in a folder goes with it. */
const summed = (names: readonly string[], changes: readonly string[]) =>
  [
    ...new Set(
      names.map((name) =>
        changes.includes(theConfig) && isOfConfig(name)
          ? theConfig
          : (changes.find((folder) => name.startsWith(`${folder}/`) && !changes.includes(name)) ??
            name),
      ),
    ),
  ].toSorted()

test("a healthy home gives the doctor nothing to say and nothing to do", async () => {
  using home = makeHome()
  const before = home.sight()
  expect(await home.look()).toMatchObject({ ok: true, findings: [], skipped: [] })
  expect((await home.fix({ force: true })).repairs).toEqual([])
  expect(difference(before, home.sight())).toEqual([])
})

test("the zoo has at least forty animals, each of its own name", () => {
  expect(cases.length).toBeGreaterThanOrEqual(40)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
})

describe("the doctor finds, mends or explains, and can take back", () => {
  for (const animal of cases) {
    const { finds, says = [], changes = [], force } = animal
    const leaves = animal.leaves ?? (changes.length ? [] : finds)
    test.skipIf(Boolean(animal.root && !isRoot))(animal.name, async () => {
      using home = makeHome()
      await animal.break(home)
      const broken = home.sight()

      const report = await home.look()
      expect(idsOf(report)).toEqual(finds.toSorted())
      for (const finding of report.findings)
        expect(finding.fix ?? finding.next ?? finding.id).toMatch(/\w{2,} /)
      const words = JSON.stringify(report)
      for (const word of says) expect(words).toMatch(word)
      expect(words).not.toContain(token)
      expect(difference(broken, home.sight())).toEqual([])

      const first = await home.fix({ force })
      const mended = home.sight()
      expect(summed(difference(broken, mended), changes)).toEqual(changes.toSorted())
      expect(idsOf(first.report)).toEqual(leaves.toSorted())
      expect(JSON.stringify(first.repairs)).not.toContain(token)
      animal.mended?.(home)

      if (!animal.neverDone) {
        const second = await home.fix({ force })
        expect(idsOf(second.report)).toEqual(leaves.toSorted())
        expect(difference(mended, home.sight())).toEqual([])
      }
      if (first.run && !animal.forGood) {
        await home.undo()
        expect(difference(broken, home.sight())).toEqual([])
        expect(idsOf(await home.look())).toEqual(finds.toSorted())
        await home.undo()
        expect(difference(mended, home.sight())).toEqual([])
      }
    })
  }
})
