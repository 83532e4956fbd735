import { describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { z } from "zod"
import { safeBinSettings } from "../../src/agents/safe-bins.ts"
import * as checks from "../../src/approvals/checks.ts"
import type { PolicyStore } from "../../src/approvals/policy-store.ts"
import type { Paths } from "../../src/config/paths.ts"
import type { ExecConfig } from "../../src/tools/exec-settings.ts"
import * as risks from "../../src/tools/exec-risks.ts"
import { tools } from "../../src/tools/config.ts"
import { temporaryHome } from "../support/gateway.ts"

const paths = { home: "/home/me" } as Paths
const listing = (...patterns: string[]) => {
  const allowlist = patterns.map((pattern) => ({ id: pattern, pattern }))
  const read = async () => ({ defaults: {}, agents: { main: { allowlist } } })
  return { read } as unknown as PolicyStore
}

describe("the doctor", () => {
  test("finds patterns that allow nothing, and says how to be rid of them", async () => {
    const { detect, explain, next } = checks.patternsCount
    expect(await detect({ policies: listing("/usr/bin/git", "~/x/*"), paths })).toBeNull()
    const found = (await detect({ policies: listing("git", "/a/../b", "bin/x"), paths }))!
    expect(found.ignored.map(({ pattern }) => pattern)).toEqual(["git", "/a/../b", "bin/x"])
    expect(explain(found)).toContain('"git" of main names no folder')
    expect(next!(found)).toContain("fased approvals allowlist remove 'git' --agent main")
  })

  test.each(["/**", "**", "/*/*", "~/**", "/**/*"])("finds %s to be wide", async (pattern) => {
    expect(await checks.patternsNarrow.detect({ policies: listing(pattern) })).not.toBeNull()
  })

  test.each(["/usr/bin/*", "~/tools/*", "/opt/**"])("leaves %s alone", async (pattern) => {
    expect(await checks.patternsNarrow.detect({ policies: listing(pattern) })).toBeNull()
  })

  test("finds the policy of an older gateway", async () => {
    await using home = await temporaryHome()
    const here = { paths: { ...paths, state: home.path } }
    expect(await checks.fileTakenOver.detect(here)).toBeNull()
    writeFileSync(join(home.path, "exec-approvals.json"), "{}")
    const found = (await checks.fileTakenOver.detect(here))!
    expect(checks.fileTakenOver.next!(found)).toContain("fased approvals set --file")
  })

  test("finds safe programs that nothing is known of", async () => {
    const settings = (safeBins: string[]) => () =>
      z.object(safeBinSettings()).parse({ safeBins }) as ExecConfig
    const { detect } = checks.safeBinsKnown
    expect(await detect({ settings: settings(["wc", "jq"]) })).toBeNull()
    expect(await detect({ settings: settings(["wc", "mytool", "constructor"]) })).toEqual({
      unknown: ["mytool", "constructor"],
    })
  })
})

describe("the audit", () => {
  const severity = async (settings: object) => {
    const needs = { tools: tools.schema.parse(settings), paths }
    const all = [risks.runsAnything, risks.trustsOpenFolder, risks.elevatedForAnyone]
    return Promise.all(all.map(async (risk) => (await risk.detect(needs))?.severity ?? null))
  }

  test.each([
    [{}, [null, null, null]],
    [{ exec: { security: "full" } }, ["critical", null, null]],
    [{ exec: { security: "full", ask: "always" } }, [null, null, null]],
    [{ exec: { safeBinTrustedDirs: ["/home/me/bin"] } }, [null, "warn", null]],
    [{ exec: { safeBinTrustedDirs: ["/opt/bin"] } }, [null, null, null]],
    [{ elevated: { allowFrom: { telegram: ["*"] } } }, [null, null, "critical"]],
    [{ elevated: { allowFrom: { telegram: ["1"] } } }, [null, null, null]],
    [{ elevated: { enabled: false, allowFrom: { telegram: ["*"] } } }, [null, null, null]],
  ])("%j", async (settings, found) => {
    expect((await severity(settings)) as unknown).toEqual(found)
  })
})
