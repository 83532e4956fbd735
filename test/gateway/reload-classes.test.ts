/** Every setting of the schema is changed in the file of a running gateway, and seen to count. */
import { describe, expect, test } from "bun:test"
import { hintsOf } from "../../src/config/hints.ts"
import { parsePath } from "../../src/config/path.ts"
import { reloadOf } from "../../src/config/reload.ts"
import { fileSchema } from "../../src/config/schema.ts"
import { sections } from "../../src/registry.ts"
import { writeFileAtomic } from "../../src/store/files.ts"
import { startGateway, temporaryHome, testToken } from "../support/gateway.ts"
import { merged, proofs } from "../support/reload-proofs.ts"

const hints = hintsOf(fileSchema(sections))
/** A place for a secret also takes a reference; both are one setting. */
const isReference = (path: string) => hints[path.replace(/\.[^.]+$/, "")]?.sensitive
const settings = Object.keys(hints)
  .map((path) => (isReference(path) ? path.replace(/\.[^.]+$/, "") : path))
  .filter((path, at, all) => all.indexOf(path) === at)
  // All that is set of a network goes one way: its account connects anew (test/channels/).
  .filter((path) => !/^channels\.(?!defaults\.|modelByChannel\.)/.test(path))
  .filter((path, _, all) => path !== "$schema" && !all.some((p) => p.startsWith(`${path}.`)))

test("every setting has its proof, and every proof is of a setting", () => {
  expect(settings.filter((path) => !proofs[path])).toEqual([])
  expect(Object.keys(proofs).filter((path) => !settings.includes(path))).toEqual([])
})

test("no setting of a network waits for a restart of the gateway", () => {
  const ofNetworks = Object.keys(hints).filter((path) => path.startsWith("channels."))
  const waiting = ofNetworks.filter((path) => reloadOf(parsePath(path), sections) === "process")
  expect(waiting).toEqual([])
})

/** The file is looked at when told to, never by itself. */
const base = {
  agents: { defaults: { skipBootstrap: true } },
  gateway: {
    mode: "local",
    auth: { mode: "token", token: testToken },
    reload: { debounceMs: 60_000 },
  },
}

const starting = async (path: string) => {
  const { from, to, prepare, ...proof } = proofs[path]!
  const home = await temporaryHome()
  const made = (await prepare?.(home.path)) ?? {}
  const restarts: string[] = []
  const runner = { check: () => {}, begin: (reason: string) => void restarts.push(reason) }
  const gateway = await startGateway({
    home: home.path,
    config: merged(merged(base, from), made.from ?? {}),
    start: { runner },
  })
  const change = () => {
    writeFileAtomic(gateway.paths.config, JSON.stringify(merged(merged(base, to), made.to ?? {})))
    return gateway.running.reload()
  }
  return {
    proof,
    gateway,
    change,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await home[Symbol.asyncDispose]()
    },
  }
}

const covers = (changed: string, setting: string) => {
  const steps = parsePath(changed)
  const wanted = setting.split(".").slice(0, steps.length)
  return steps.every((step, at) => wanted[at] === "*" || wanted[at] === String(step))
}

describe.each(settings.filter((path) => proofs[path]))("%s", (path) => {
  const isLate = reloadOf(parsePath(path), sections) === "process"

  test(isLate ? "counts after a restart" : "counts at once", async () => {
    await using started = await starting(path)
    const { proof, gateway, change } = started
    const outcome = await change()
    const { applied, waits } = outcome
    const changed = isLate ? waits : applied
    expect(
      changed.some((one) => covers(one, path)),
      JSON.stringify(outcome),
    ).toBe(true)
    if (!isLate) {
      expect(outcome).toMatchObject({ issues: [], waits: [] })
      await proof.seen!(gateway)
    } else if (proof.refused) expect(outcome.issues).toMatchObject([{ path }])
    else expect(outcome).toMatchObject({ issues: [], restartInMs: 2_000 })
  })
})
