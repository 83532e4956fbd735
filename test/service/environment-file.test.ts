import { expect, test } from "bun:test"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { keepEnvironment, readEnvironment } from "../../src/service/environment-file.ts"

test("secrets of the installing shell go into a private file, beside what is there", () => {
  const state = mkdtempSync(join(tmpdir(), "fased-env-"))
  try {
    const path = join(state, "service.env")
    writeFileSync(path, "# mine\nMY_KEY=one\nFASED_GATEWAY_TOKEN=old", { mode: 0o644 })
    keepEnvironment(state, { FASED_GATEWAY_TOKEN: "new" })
    expect(readFileSync(path, "utf8")).toBe('# mine\nMY_KEY=one\nFASED_GATEWAY_TOKEN="new"\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o644)
    keepEnvironment(state, {})
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readEnvironment(state)).toEqual({ MY_KEY: "one", FASED_GATEWAY_TOKEN: "new" })
  } finally {
    rmSync(state, { recursive: true })
  }
})
