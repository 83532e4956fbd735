import { expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Paths, resolvePaths } from "../../src/config/paths.ts"
import type { RestartRequest } from "../../src/kernel/restart.ts"
import { notTakenBack } from "../../src/update/checks.ts"
import * as methods from "../../src/update/methods.ts"
import { type UpdateRecord, writeRecord } from "../../src/update/record.ts"
import { createUpdates } from "../../src/update/updates.ts"
import { startGateway } from "../support/gateway.ts"
import { fakeBinary, serveFiles } from "../support/release.ts"
import { installed, newReleaseKey, signedRelease, under } from "../support/signed-release.ts"
import { turnableClock } from "../support/turnable-clock.ts"

const key = newReleaseKey()

const updatesOf = async (running: string, inPlace: string, served: string) => {
  const place = await installed(fakeBinary(inPlace))
  const files = await signedRelease(fakeBinary(served), {
    version: served,
    keys: [key.privateKey],
  })
  const release = serveFiles(new Map(under("stable", files)))
  const clock = turnableClock(Date.now())
  const restarted: RestartRequest[] = []
  const updates = createUpdates({
    version: running,
    binary: place.target,
    paths: resolvePaths({ HOME: place.folder }),
    env: {},
    clock,
    config: () => ({ baseUrl: release.url, channel: "stable" }),
    keys: [key.trusted],
    restarts: {
      async request(request) {
        restarted.push(request)
        return { delayMs: request.delayMs ?? 2000, coalesced: false }
      },
    },
  })
  return {
    updates,
    release,
    clock,
    restarted,
    async [Symbol.asyncDispose]() {
      await release[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

test("update.status asks nobody unless told to, and then at most once a minute", async () => {
  await using here = await updatesOf("1.0.0", "1.0.0", "1.1.0")
  const { updates, release, clock } = here
  expect(await updates.status({})).toMatchObject({ version: "1.0.0", channel: "stable" })
  expect(release.asked).toEqual([])
  const looked = await updates.status({ look: true })
  expect(looked.offered).toEqual({ version: "1.1.0", is: "newer" })
  const asked = release.asked.length
  await updates.status({ look: true })
  expect(release.asked).toHaveLength(asked)
  clock.turn(60_000)
  await updates.status({ look: true })
  expect(release.asked.length).toBeGreaterThan(asked)
})

test("update.run restarts into a program that is in place already, and wakes who asked", async () => {
  await using here = await updatesOf("1.0.0", "1.1.0", "1.1.0")
  const outcome = await here.updates.run({ sessionKey: "agent:main:main", note: "done" })
  expect(outcome).toEqual({ status: "restarting", from: "1.0.0", to: "1.1.0", delayMs: 2000 })
  expect(here.restarted).toMatchObject([
    { reason: "update.run", sessionKey: "agent:main:main", note: "done" },
  ])
})

test("update.run does nothing when there is nothing newer, and never goes back", async () => {
  await using same = await updatesOf("1.1.0", "1.1.0", "1.1.0")
  expect(await same.updates.run({})).toEqual({ status: "current", version: "1.1.0" })
  await using older = await updatesOf("1.2.0", "1.2.0", "1.1.0")
  await expect(older.updates.run({})).rejects.toMatchObject({ code: "update.downgrade" })
  expect([...same.restarted, ...older.restarted]).toEqual([])
})

test("over the wire: a reader may look, only an admin may update, and not often", async () => {
  await using gateway = await startGateway({ config: { update: { channel: "beta" } } })
  const status = await gateway.client.call(methods.status, {})
  expect(status).toMatchObject({ version: "0.0.0-test", channel: "beta" })
  const run = () => gateway.client.call(methods.run, {})
  for (let call = 0; call < 3; call++) await expect(run()).rejects.toThrow("runs from its sources")
  await expect(run()).rejects.toThrow("update.run")
})

test("the doctor says that the last update was taken back, until another went through", () => {
  const state = mkdtempSync(join(tmpdir(), "fased-record-"))
  const paths = { state } as Paths
  const record = { from: "1.0.0", to: "1.1.0", startedAt: 1, finishedAt: 2 }
  expect(notTakenBack.detect({ paths })).toBe(null)
  writeRecord(state, { ...record, outcome: "rolled-back", reason: "It stayed away." })
  const found = notTakenBack.detect({ paths }) as UpdateRecord
  expect(notTakenBack.explain(found)).toContain("1.1.0 was installed and taken back")
  writeRecord(state, { ...record, outcome: "done" })
  expect(notTakenBack.detect({ paths })).toBe(null)
  rmSync(state, { recursive: true })
})
