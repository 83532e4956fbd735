import { afterEach, beforeEach, expect, test } from "bun:test"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { workspacesUsable } from "../../src/agent/checks.ts"
import { agents } from "../../src/agents/config.ts"
import { resolvePaths } from "../../src/config/paths.ts"

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fased-agents-"))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test("agents.workspace finds missing and unusable folders and creates the missing ones", async () => {
  const list = ["main", "work", "lost"].map((id) => ({ id, workspace: join(root, id) }))
  const needs = {
    agents: agents.schema.parse({ list }),
    paths: resolvePaths({ HOME: root }),
    env: { PATH: "" },
  }
  mkdirSync(join(root, "main"))
  writeFileSync(join(root, "work"), "a file")
  const found = (await workspacesUsable.detect(needs))!
  expect(found.folders.map(({ agentId, problem }) => [agentId, problem])).toEqual([
    ["work", "not a folder"],
    ["lost", "missing"],
  ])
  expect(workspacesUsable.fix!.describe(found)).toContain(`Create ${join(root, "lost")}.`)
  await workspacesUsable.fix!.apply(found, needs)
  expect(existsSync(join(root, "lost", "AGENTS.md"))).toBe(true)
  expect((await workspacesUsable.detect(needs))!.folders).toHaveLength(1)
})
