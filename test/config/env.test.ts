import { expect, test } from "bun:test"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { environmentWhole } from "../../src/config/checks.ts"
import { createSettings } from "../../src/config/create.ts"
import { loadEnv } from "../../src/config/env.ts"
import type { Paths } from "../../src/config/paths.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections, temporaryFolder } from "./sample.ts"

test("the .env file adds to the environment and overrides nothing", () => {
  using folder = temporaryFolder({ ".env": "A=file\nB='from file'\nexport C=3\nEMPTY=file\n" })
  const { env } = loadEnv({ A: "process", EMPTY: "" }, { state: folder.path })
  expect({ ...env }).toEqual({ A: "process", B: "from file", C: "3", EMPTY: "" })
})

test("variables that steer the process are refused from the file", () => {
  const names = [
    "BUN_OPTIONS",
    "NODE_OPTIONS",
    "LD_PRELOAD",
    "DYLD_INSERT_LIBRARIES",
    "PATH",
    "HOME",
    "FASED_STATE_DIR",
    "FASED_CONFIG_PATH",
    "FASED_HOME",
    "FASED_PROFILE",
  ]
  using folder = temporaryFolder({ ".env": `${names.map((name) => `${name}=x`).join("\n")}\nOK=1` })
  const { env, refused } = loadEnv({ PATH: "/bin" }, { state: folder.path })
  expect(refused.toSorted()).toEqual(names.toSorted())
  expect({ ...env }).toEqual({ PATH: "/bin", OK: "1" })
})

test("only the state folder's .env is read, and its absence is no problem", () => {
  using folder = temporaryFolder()
  using hostile = temporaryFolder({ ".env": "FROM_CWD=1" })
  const before = process.cwd()
  process.chdir(hostile.path)
  try {
    expect(loadEnv({}, { state: folder.path })).toMatchObject({
      env: {},
      refused: [],
      problem: undefined,
    })
    expect(loadEnv({}, { state: join(folder.path, "missing") }).env.FROM_CWD).toBeUndefined()
  } finally {
    process.chdir(before)
  }
})

test("a .env file that cannot be read is told", () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, ".env"))
  expect(loadEnv({}, { state: folder.path }).problem).toContain("EISDIR")
})

test("config.environment names what the .env file holds in vain", async () => {
  using folder = temporaryFolder({ ".env": "A=1\nNODE_OPTIONS=x\nFASED_STATE_DIR=/x\n" })
  const paths = { state: folder.path, config: join(folder.path, "fased.json") } as Paths
  const settings = await createSettings({ paths, env: {}, sections, fetchSecrets })
  const found = (await environmentWhole.detect({ paths, settings }))!
  const text = environmentWhole.explain(found)
  for (const name of ["NODE_OPTIONS", "FASED_STATE_DIR"])
    expect(text).toContain(`${name} in ${join(folder.path, ".env")} is left out`)
  expect(text).not.toContain("A in")
})
