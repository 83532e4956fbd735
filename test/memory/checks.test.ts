import { expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { agents } from "../../src/agents/config.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { embedderReady, indexesWhole } from "../../src/memory/checks.ts"
import { openIndex } from "../../src/memory/store.ts"
import { temporaryHome } from "../support/gateway.ts"

test("a damaged index is found and removed, a sound one stays", async () => {
  await using home = await temporaryHome()
  const paths = resolvePaths({ HOME: home.path })
  const folder = join(paths.state, "memory")
  expect(indexesWhole.detect({ paths })).toBeNull()
  mkdirSync(folder, { recursive: true })
  openIndex(join(folder, "main.sqlite")).close()
  expect(indexesWhole.detect({ paths })).toBeNull()
  writeFileSync(join(folder, "work.sqlite"), "no database".repeat(1000))
  const found = await indexesWhole.detect({ paths })
  expect(found).toEqual({ damaged: [join(folder, "work.sqlite")] })
  await indexesWhole.fix!.apply(found!, { paths })
  expect(existsSync(join(folder, "work.sqlite"))).toBe(false)
  expect(indexesWhole.detect({ paths })).toBeNull()
})

test("a chosen service that cannot be asked is told of once, with what to do; auto is not", () => {
  const embedders = { of: () => ({ missing: { message: "No key.", hint: "Give one." } }) }
  const look = (memorySearch: object) =>
    embedderReady.detect({
      agents: agents.schema.parse({
        defaults: { memorySearch },
        list: [{ id: "main" }, { id: "work" }],
      }),
      embedders,
    })
  expect(look({})).toBeNull()
  expect(look({ provider: "none" })).toBeNull()
  expect(look({ provider: "openai", enabled: false })).toBeNull()
  expect(look({ provider: "openai" })).toEqual({
    agentIds: ["main", "work"],
    problem: "No key.",
    next: "Give one.",
  })
})
