import { expect, test } from "bun:test"
import { chmodSync } from "node:fs"
import { notFetched } from "../../src/config/faults.ts"
import { models } from "../../src/models/config.ts"
import { isClosed, notShadowed, resolvable } from "../../src/secrets/checks.ts"
import { secrets } from "../../src/secrets/config.ts"
import { unresolved } from "../../src/secrets/faults.ts"
import { overridden, withoutOverridden } from "../../src/secrets/overridden.ts"
import { commandOpen, fileOpen } from "../../src/secrets/risks.ts"
import { vault } from "./sample.ts"

const failure = { path: "models.x", ref: "env:default:X", reason: "it is not set", next: "set it" }

/** Settings whose `models` section waits for a secret. */
const waiting = (activate: () => Promise<void>) => {
  let closed = true
  return {
    section: () => {
      if (closed) throw notFetched({ path: "models.x" })
      return {}
    },
    async activate() {
      await activate()
      closed = false
    },
  } as never
}

test("secrets.resolvable fetches what waits for it, and is content when that went well", async () => {
  const settings = waiting(async () => undefined)
  expect(isClosed(settings, [models])).toBe(true)
  expect(await resolvable.detect({ settings, sections: [models] })).toBeNull()
  expect(isClosed(settings, [models])).toBe(false)
})

test("secrets.resolvable names what cannot be fetched, and what to do", async () => {
  const settings = waiting(() => Promise.reject(unresolved({ failures: [failure] })))
  const found = await resolvable.detect({ settings, sections: [models] })
  expect(resolvable.explain(found!)).toBe(
    "The gateway cannot start without these secrets:\n  - models.x (env:default:X): it is not set; set it",
  )
})

test("secrets.resolvable asks nobody while the gateway has every secret", async () => {
  const settings = { section: () => ({}), activate: () => Promise.reject(new Error("asked")) }
  expect(await resolvable.detect({ settings: settings as never, sections: [models] })).toBeNull()
})

const refs = [
  { path: "gateway.auth.token", ref: { source: "env" as const, id: "MY_TOKEN" } },
  { path: "gateway.auth.password", ref: { source: "env" as const, id: "FASED_GATEWAY_PASSWORD" } },
]

test("a variable that says something else than a reference is overridden and told of", () => {
  const env = { FASED_GATEWAY_TOKEN: "old", FASED_GATEWAY_PASSWORD: "own", OTHER: "kept" }
  expect(overridden(refs, env)).toEqual([
    { path: "gateway.auth.token", variable: "FASED_GATEWAY_TOKEN" },
  ])
  expect(withoutOverridden(refs, env)).toEqual({ FASED_GATEWAY_PASSWORD: "own", OTHER: "kept" })
  const found = notShadowed.detect({ settings: { current: () => ({ refs }) } as never, env })
  expect(notShadowed.explain(found as never)).toBe(
    "FASED_GATEWAY_TOKEN is set, but gateway.auth.token is a reference, which counts.",
  )
})

test("a blank variable overrides nothing and is not told of", () => {
  expect(overridden(refs, { FASED_GATEWAY_TOKEN: "  " })).toEqual([])
})

test("the audit finds files and commands of providers that others could read or change", async () => {
  using here = vault()
  const file = here.file("box.json", "{}")
  const command = here.command("helper", "exit 0")
  const section = secrets.schema.parse({
    providers: {
      box: { source: "file", path: "~/box.json" },
      safe: { source: "exec", command },
    },
  })
  const needs = { secrets: section, paths: { home: here.folder } as never }
  expect(await fileOpen.detect(needs)).toBeNull()
  expect(await commandOpen.detect(needs)).toBeNull()
  chmodSync(file, 0o644)
  chmodSync(command, 0o777)
  const open = await fileOpen.detect(needs)
  expect(open).toMatchObject({ severity: "critical", remediation: `chmod 600 ${file}` })
  expect(await commandOpen.detect(needs)).toMatchObject({
    severity: "warn",
    detail: expect.stringContaining("other users could change what is run"),
  })
  await open?.fix?.apply()
  expect(await fileOpen.detect(needs)).toBeNull()
})
