import { expect, test } from "bun:test"
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createSettings } from "../../src/config/create.ts"
import { keepSchemaCurrent, schemaReference } from "../../src/config/schema-file.ts"
import { fetchSecrets } from "../support/no-secrets.ts"
import { sections, temporaryFolder } from "./sample.ts"

const readingOf = async (folder: string) => {
  const paths = { config: join(folder, "fased.json"), state: folder }
  return {
    paths,
    state: (await createSettings({ paths, env: {}, sections, fetchSecrets })).current(),
  }
}

test("the schema beside the config is made anew when another version of fased wrote it", async () => {
  using folder = temporaryFolder({ "fased.json": `{ "$schema": "${schemaReference}" }` })
  const { paths, state } = await readingOf(folder.path)
  const file = join(folder.path, "fased.schema.json")
  keepSchemaCurrent(state, { paths, sections, version: "1" })
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ title: "fased config" })
  const { mtimeNs } = statSync(file, { bigint: true })
  keepSchemaCurrent(state, { paths, sections, version: "1" })
  expect(statSync(file, { bigint: true }).mtimeNs).toBe(mtimeNs)
  keepSchemaCurrent(state, { paths, sections, version: "2" })
  expect(JSON.parse(readFileSync(file, "utf8")).$comment).toContain("fased 2")
  writeFileSync(file, "")
  keepSchemaCurrent(state, { paths, sections, version: "2" })
  expect(readFileSync(file, "utf8")).not.toBe("")
})

test("no schema is left beside a config that does not ask for one", async () => {
  using folder = temporaryFolder({ "fased.json": '{ "$schema": "https://elsewhere.example" }' })
  const { paths, state } = await readingOf(folder.path)
  keepSchemaCurrent(state, { paths, sections, version: "1" })
  expect(existsSync(join(folder.path, "fased.schema.json"))).toBe(false)
})
