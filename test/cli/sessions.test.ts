import { expect, test } from "bun:test"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createSessionStore } from "../../src/sessions/store.ts"
import { Database } from "../../src/store/database.ts"
import { migrations } from "../../src/registry/migrations.ts"
import { commandLine } from "../support/command-line.ts"
import { startGateway } from "../support/gateway.ts"
import { asked, said } from "../support/sessions.ts"

/** A gateway with a conversation in it, and a command line in the same home. */
const setting = async () => {
  const line = commandLine()
  const gateway = await startGateway({ home: line.home, config: {} })
  await gateway.client.request("chat.inject", { sessionKey: "main", message: "The heron waits." })
  await gateway.client.request("chat.inject", {
    sessionKey: "trip",
    message: "\x1b[31mAt the weir",
  })
  return {
    gateway,
    home: line.home,
    fased: (...args: string[]) => line.fased(args),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      line[Symbol.dispose]()
    },
  }
}

test("sessions are listed, shown and searched", async () => {
  await using at = await setting()
  const listed = await at.fased("sessions", "list")
  expect(listed.out).toContain("agent:main:trip")
  const shown = await at.fased("sessions", "show", "main")
  expect(shown.out).toContain("The heron waits.")
  const found = await at.fased("sessions", "search", "weir")
  expect(found.out).toContain("agent:main:trip")
  expect(found.out).not.toContain("\x1b")
  expect((await at.fased("sessions", "search", "osprey")).out).toContain("Nobody said that.")
  const missing = await at.fased("sessions", "show", "gone")
  expect([missing.code, missing.err.includes("There is no session gone")]).toEqual([1, true])
})

test("a session is told its wishes, and told to forget them", async () => {
  await using at = await setting()
  const patched = await at.fased(
    "sessions",
    "patch",
    "trip",
    "--label",
    "Trip",
    "--thinking",
    "high",
  )
  expect(patched.out).toMatch(/label +Trip\n/)
  expect(patched.out).toMatch(/thinking +high\n/)
  const taken = await at.fased("sessions", "patch", "main", "--label", "Trip")
  expect(taken.err).toContain('The label "Trip" is taken by the session agent:main:trip.')
  const back = await at.fased("sessions", "patch", "trip", "--thinking", "default", "--json")
  expect(JSON.parse(back.out).entry).not.toHaveProperty("thinkingLevel")
  expect((await at.fased("sessions", "patch", "trip")).err).toContain("What to change was not said")
  const odd = await at.fased("sessions", "patch", "trip", "--model", "no-such-model")
  expect([odd.code, odd.err.includes("no-such-model")]).toEqual([1, true])
})

test("a transcript goes into a file and comes back as a session", async () => {
  await using at = await setting()
  const file = join(at.home, "trip.jsonl")
  expect((await at.fased("sessions", "export", "trip", "--out", file)).out).toContain("1 messages")
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect((await at.fased("sessions", "export", "trip", "--out", file)).err).toContain("--force")
  const [header, message] = readFileSync(file, "utf8").trim().split("\n")
  expect(JSON.parse(header!)).toMatchObject({ type: "session", key: "agent:main:trip" })
  const printed = await at.fased("sessions", "export", "trip")
  expect(printed.out).not.toContain("\x1b")
  expect(JSON.parse(printed.out.trim().split("\n")[1]!)).toEqual(JSON.parse(message!))

  expect((await at.fased("sessions", "import", file)).err).toContain("nothing was imported")
  const key = "agent:main:again"
  expect((await at.fased("sessions", "import", file, "--key", key)).out).toContain("imported")
  writeFileSync(file, `${header}\n{"type":"message"}\n`)
  const spoiled = await at.fased("sessions", "import", file, "--key", "other")
  expect(spoiled.err).toContain("Line 2 is no message of a transcript")
  expect((await at.fased("sessions", "show", "other")).code).toBe(1)
})

test("a session is begun afresh, and deleted only when that is meant", async () => {
  await using at = await setting()
  expect((await at.fased("sessions", "reset", "trip")).out).toContain("agent:main:trip")
  const unsure = await at.fased("sessions", "delete", "trip")
  expect([unsure.code, unsure.err.includes("--yes")]).toEqual([1, true])
  expect((await at.fased("sessions", "delete", "main", "--yes")).err).toContain("cannot be deleted")
  expect((await at.fased("sessions", "delete", "trip", "--transcript", "--yes")).code).toBe(0)
  expect((await at.fased("sessions", "list")).out).not.toContain("agent:main:trip")
})

test("tidying tells first, and mends only what is hurt", async () => {
  await using at = await setting()
  const told = await at.fased("sessions", "cleanup")
  expect([told.code, told.err.includes("Nothing was changed")]).toEqual([0, true])
  expect((await at.fased("sessions", "cleanup", "--enforce")).out).toContain("Database:")
  expect((await at.fased("sessions", "repair")).out).toContain("nothing to mend")
})

test("a transcript longer than one answer is exported whole and in order", async () => {
  await using at = await setting()
  await at.gateway.stop()
  const db = new Database(at.gateway.paths.database, migrations)
  const store = createSessionStore(db)
  const session = await store.open("agent:main:long", "main", 1)
  const heavy = "x".repeat(40_000)
  for (let turn = 0; turn < 100; turn++)
    await store.append(session, `r${turn}`, [asked(`${turn} ${heavy}`), said(`${turn} ${heavy}`)])
  db.close()
  await using again = await startGateway({ home: at.home })
  const file = join(at.home, "long.jsonl")
  const exported = await at.fased("sessions", "export", "long", "--out", file)
  expect(exported.out).toContain("200 messages")
  const imported = await again.client.request("sessions.import", {
    lines: readFileSync(file, "utf8").split("\n"),
    key: "copy",
  })
  expect(imported).toMatchObject({
    messages: 200,
    entry: { displayName: expect.stringMatching(/^0 x/) },
  })
}, 20_000)

test("a session is compacted when there is something to tell in short, and not when there is none", async () => {
  await using at = await setting()
  const small = await at.fased("sessions", "compact", "main")
  expect([small.code, small.out]).toEqual([0, "There is nothing to compact here yet.\n"])
  const missing = await at.fased("sessions", "compact", "gone")
  expect([missing.code, missing.err.includes('No session named "gone"')]).toEqual([1, true])
})
