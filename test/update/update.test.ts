import { Database as Sqlite } from "bun:sqlite"
import { expect, test } from "bun:test"
import { chmod, mkdir, readdir, stat, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { Database } from "../../src/store/database.ts"
import { manifestFile, signatureFile } from "../../src/update/manifest.ts"
import { readRecord } from "../../src/update/record.ts"
import { lockPath } from "../../src/update/stage.ts"
import { holdFile } from "../../src/store/lock.ts"
import type { Step } from "../../src/update/apply.ts"
import { type Bytes, fakeBinary, finish, serveFiles } from "../support/release.ts"
import {
  installed,
  newReleaseKey,
  type ReleaseOptions,
  signaturesOver,
  signedRelease,
  under,
} from "../support/signed-release.ts"
import { update } from "../support/updating.ts"

const key = newReleaseKey()
const keys = [key.trusted]

const serve = async (version: string, more: Partial<ReleaseOptions> = {}, folder = "stable") => {
  const release = await signedRelease(fakeBinary(version), {
    version,
    keys: [key.privateKey],
    ...more,
  })
  const files = new Map(under(folder, release))
  return { ...serveFiles(files), files }
}

const says = async (program: string) => (await finish([program, "--version"], {})).stdout.trim()
const beside = async (target: string) => (await readdir(dirname(target))).sort()

test("the newest release of the channel takes the old one's place, which is kept", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  await using release = await serve("1.1.0")
  await chmod(place.target, 0o750)

  const { applied, done } = await update({ ...place, keys, baseUrl: release.url })

  expect(applied).toEqual({ gateway: "none" })
  expect(done).toEqual(["fetched", "tried", "swapped"])
  expect(await says(place.target)).toBe("fased 1.1.0")
  expect((await stat(place.target)).mode & 0o777).toBe(0o750)
  expect(await says(`${place.target}.previous`)).toBe("fased 1.0.0")
  expect(await beside(place.target)).toEqual([".fased-update-lock", "fased", "fased.previous"])
  expect(readRecord(place.state)).toMatchObject({ from: "1.0.0", to: "1.1.0", outcome: "done" })
})

test("a release that cannot be trusted, or is not for here, changes nothing", async () => {
  const other = newReleaseKey()
  const edit = (files: Map<string, Bytes>, from: string | RegExp, to: string) => {
    const path = `stable/${manifestFile}`
    const text = Buffer.from(files.get(path)!).toString()
    expect(text).toMatch(from)
    files.set(path, Buffer.from(text.replace(from, to)))
  }
  const eachAsset = (files: Map<string, Bytes>, change: (bytes: Bytes) => Bytes) => {
    for (const [name, bytes] of files) if (name.endsWith(".gz")) files.set(name, change(bytes))
  }
  const longAgo = Date.now() - 400 * 86_400_000
  const cases: [
    what: string,
    code: string,
    make: () => Promise<Awaited<ReturnType<typeof serve>>>,
  ][] = [
    ["nothing is there", "update.unreachable", () => serve("1.1.0", {}, "beta")],
    ["not signed", "update.unreachable", () => serve("1.1.0", { keys: [] })],
    ["another key", "update.untrusted", () => serve("1.1.0", { keys: [other.privateKey] })],
    ["of another channel", "update.other-channel", () => serve("1.1.0", { channel: "beta" })],
    ["expired", "update.expired", () => serve("1.1.0", { now: longAgo })],
    ["older", "update.downgrade", () => serve("0.9.0")],
    ["for other machines", "update.no-build", () => serve("1.1.0", { machines: ["haiku-x64"] })],
    [
      "a manifest changed after signing",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0")
        edit(server.files, '"version": "1.1.0"', '"version": "9.9.9"')
        return server
      },
    ],
    [
      "a channel changed after signing",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0", { channel: "beta" })
        edit(server.files, '"channel": "beta"', '"channel": "stable"')
        return server
      },
    ],
    [
      "a signature claiming another key's id",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0")
        const forged = await signaturesOver(server.files.get(`stable/${manifestFile}`)!, [
          other.privateKey,
        ])
        const claim = Buffer.from(forged.toString().replace(other.trusted.id, key.trusted.id))
        server.files.set(`stable/${signatureFile}`, claim)
        return server
      },
    ],
    [
      "a signed manifest of another product",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0")
        edit(server.files, '"product": "fased"', '"product": "other"')
        const signed = await signaturesOver(server.files.get(`stable/${manifestFile}`)!, [
          key.privateKey,
        ])
        server.files.set(`stable/${signatureFile}`, signed)
        return server
      },
    ],
    [
      "another file under the name",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0")
        const other = Bun.gzipSync(fakeBinary("6.6.6"), { level: 1 })
        eachAsset(server.files, () => other)
        return server
      },
    ],
    [
      "cut short",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0")
        eachAsset(server.files, (bytes) => bytes.slice(0, -9))
        return server
      },
    ],
    [
      "longer than signed",
      "update.untrusted",
      async () => {
        const server = await serve("1.1.0")
        eachAsset(server.files, (bytes) => Buffer.concat([bytes, Buffer.alloc(100)]))
        return server
      },
    ],
    [
      "says it is another version",
      "update.does-not-start",
      async () => {
        const files = await signedRelease(fakeBinary("1.0.9"), {
          version: "1.1.0",
          keys: [key.privateKey],
        })
        const all = new Map(under("stable", files))
        return { ...serveFiles(all), files: all }
      },
    ],
    [
      "for another kind of processor",
      "update.does-not-start",
      async () => {
        const elf = Buffer.from("7f454c4602010100", "hex")
        const files = await signedRelease(Buffer.concat([elf, Buffer.alloc(4096)]), {
          version: "1.1.0",
          keys: [key.privateKey],
        })
        const all = new Map(under("stable", files))
        return { ...serveFiles(all), files: all }
      },
    ],
  ]
  for (const [what, code, make] of cases) {
    await using place = await installed(fakeBinary("1.0.0"))
    await using release = await make()
    const tried = update({ ...place, keys, baseUrl: release.url })
    await expect(tried, what).rejects.toMatchObject({ code })
    expect(await says(place.target), what).toBe("fased 1.0.0")
    const left = (await beside(place.target)).filter((name) => name !== ".fased-update-lock")
    expect(left, what).toEqual(["fased"])
  }
})

test("a new key takes over from an old one: either signature is enough", async () => {
  const next = newReleaseKey()
  await using release = await serve("1.1.0", { keys: [key.privateKey, next.privateKey] })
  for (const trusted of [[key.trusted], [next.trusted], [key.trusted, next.trusted]]) {
    await using place = await installed(fakeBinary("1.0.0"))
    await update({ ...place, keys: trusted, baseUrl: release.url })
    expect(await says(place.target)).toBe("fased 1.1.0")
  }
})

test("a binary that trusts no key does not even ask", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  await using release = await serve("1.1.0")
  const tried = update({ ...place, keys: [], baseUrl: release.url })
  await expect(tried).rejects.toMatchObject({ code: "update.no-keys" })
  expect(release.asked).toEqual([])
})

test("releases come encrypted, or from this machine; a redirect does not change that", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  const tried = (baseUrl: string) => update({ ...place, keys, baseUrl })
  for (const url of [
    "http://releases.example.com",
    "ftp://127.0.0.1",
    "https://user:word@127.0.0.1",
    "http://127.0.0.1.example.com",
    "nonsense",
  ])
    await expect(tried(url), url).rejects.toMatchObject({ code: "update.bad-source" })

  const to = (location: string) =>
    Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response(null, { status: 302, headers: { location } }),
    })
  using away = to("http://releases.example.com/release.json")
  await expect(tried(`http://127.0.0.1:${away.port}`)).rejects.toMatchObject({
    code: "update.bad-source",
  })
  using round = to("/again")
  await expect(tried(`http://127.0.0.1:${round.port}`)).rejects.toMatchObject({
    code: "update.unreachable",
  })
  await using release = await serve("1.1.0")
  using elsewhere = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => Response.redirect(`${release.url}${new URL(url).pathname}`),
  })
  await tried(`http://127.0.0.1:${elsewhere.port}`)
  expect(await says(place.target)).toBe("fased 1.1.0")
})

test("a server that never stops sending is cut off", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  const endless = () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) })
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: () => new Response(endless()),
  })
  const tried = update({ ...place, keys, baseUrl: `http://127.0.0.1:${server.port}` })
  await expect(tried).rejects.toMatchObject({ code: "update.untrusted" })
})

test("a version can be asked for by name, and an older one with consent", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  await using release = await serve("0.9.0", {}, "0.9.0")
  const older = (how = {}) =>
    update({ ...place, keys, baseUrl: release.url, search: { wanted: "0.9.0" }, how })
  await expect(older()).rejects.toMatchObject({ code: "update.downgrade" })
  await older({ allowDowngrade: true })
  expect(await says(place.target)).toBe("fased 0.9.0")

  await using wrong = await serve("1.5.0", {}, "1.4.0")
  const asked = update({ ...place, keys, baseUrl: wrong.url, search: { wanted: "1.4.0" } })
  await expect(asked).rejects.toMatchObject({ code: "update.other-version" })
})

test("a release brought on a stick is checked like any other", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  const folder = join(place.folder, "stick")
  await mkdir(folder)
  const files = await signedRelease(fakeBinary("1.1.0"), {
    version: "1.1.0",
    keys: [key.privateKey],
  })
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
  const packed = [...files.keys()].find((name) => name.endsWith(".gz"))!
  const unpacked = join(folder, "fased-unpacked")
  await writeFile(unpacked, fakeBinary("1.1.0"))

  for (const file of [folder, join(folder, packed), unpacked]) {
    await writeFile(place.target, fakeBinary("1.0.0"))
    await update({ ...place, keys, search: { file } })
    expect(await says(place.target), file).toBe("fased 1.1.0")
  }
  await writeFile(unpacked, fakeBinary("6.6.6"))
  const tampered = update({ ...place, keys, search: { file: unpacked } })
  await expect(tampered).rejects.toMatchObject({ code: "update.untrusted" })
  await writeFile(join(folder, signatureFile), "")
  const unsigned = update({ ...place, keys, search: { file: folder } })
  await expect(unsigned).rejects.toMatchObject({ code: "update.untrusted" })
})

test("one update of a binary runs at a time, whichever profile asks", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  await using release = await serve("1.1.0")
  const program = `
    import { holdFile } from ${JSON.stringify(join(import.meta.dir, "../../src/store/lock.ts"))}
    holdFile(process.argv[1])
    console.log("held")
    await Bun.stdin.text()`
  const other = Bun.spawn([process.execPath, "-e", program, lockPath(place.target)], {
    stdin: "pipe",
    stdout: "pipe",
  })
  for await (const _ of other.stdout) break

  const tried = update({ ...place, keys, baseUrl: release.url })
  await expect(tried).rejects.toMatchObject({ code: "update.busy" })
  other.kill("SIGKILL")
  await other.exited
  await update({ ...place, keys, baseUrl: release.url })
  expect(await says(place.target)).toBe("fased 1.1.0")
  holdFile(lockPath(place.target))?.close(false)
})

test("killed after any step, a working program is in place and the next update goes through", async () => {
  await using release = await serve("1.1.0")
  for (const step of ["fetched", "tried", "swapped"] satisfies Step[]) {
    await using place = await installed(fakeBinary("1.0.0"))
    const program = `
      import { update } from ${JSON.stringify(join(import.meta.dir, "../support/updating.ts"))}
      const [options, step] = process.argv.slice(1).map((text) => JSON.parse(text))
      await update({ ...options, how: { done: (now) => now === step && process.kill(process.pid, "SIGKILL") } })`
    const options = { ...place, keys, baseUrl: release.url }
    const killed = Bun.spawn(
      [process.execPath, "-e", program, JSON.stringify(options), JSON.stringify(step)],
      { stdio: ["ignore", "inherit", "inherit"] },
    )
    await killed.exited
    expect(killed.signalCode, step).toBe("SIGKILL")
    expect(await says(place.target), step).toMatch(/^fased 1\.[01]\.0$/)

    await update({ ...place, keys, baseUrl: release.url })
    expect(await says(place.target), step).toBe("fased 1.1.0")
    expect(await beside(place.target), step).toEqual([
      ".fased-update-lock",
      "fased",
      "fased.previous",
    ])
  }
})

test("a version that cannot read the config it would start with is not swapped in", async () => {
  const picky = Buffer.from('#!/bin/sh\n[ "$1" = config ] && exit 1\necho "fased 1.1.0"\n')
  await using place = await installed(fakeBinary("1.0.0"))
  const files = await signedRelease(picky, { version: "1.1.0", keys: [key.privateKey] })
  await using release = serveFiles(new Map(under("stable", files)))
  const tried = update({ ...place, keys, baseUrl: release.url })
  await expect(tried).rejects.toMatchObject({
    code: "update.does-not-start",
    message: expect.stringContaining("config"),
  })
  expect(await says(place.target)).toBe("fased 1.0.0")
})

test("a gateway that does not come back gets its old binary and its old database again", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  await using release = await serve("1.1.0")
  const database = join(place.state, "fased.db")
  const first = { id: "test.1", sql: "CREATE TABLE notes (text TEXT)" }
  const second = { id: "test.2", sql: "ALTER TABLE notes ADD COLUMN colour TEXT" }
  const open = (list: (typeof first)[], text: string) => {
    const db = new Database(database, list)
    db.write(() => db.sqlite.query("INSERT INTO notes (text) VALUES (?)").run(text))
    db.close()
  }
  open([first], "before")
  const restarted: string[] = []
  const gateway = {
    running: async () => "1.0.0",
    async restart() {
      const version = await says(place.target)
      restarted.push(version)
      if (version === "fased 1.1.0") open([first, second], "while it was broken")
      return true
    },
    stop: async () => {},
    answers: async (version: string) => version === "1.0.0",
  }

  const tried = update({ ...place, keys, baseUrl: release.url, how: { gateway } })
  await expect(tried).rejects.toMatchObject({
    code: "update.rolled-back",
    hint: expect.stringContaining("The gateway runs again."),
  })

  expect(restarted).toEqual(["fased 1.1.0", "fased 1.0.0"])
  expect(await says(place.target)).toBe("fased 1.0.0")
  expect(readRecord(place.state)).toMatchObject({ outcome: "rolled-back" })
  const texts = (path: string) => {
    const db = new Sqlite(path, { readonly: true })
    const rows = db.query<{ text: string }, []>("SELECT text FROM notes").all()
    db.close()
    return rows.map(({ text }) => text)
  }
  expect(texts(database)).toEqual(["before"])
  expect(texts(`${database}.after-1`)).toEqual(["before", "while it was broken"])
  open([first], "the old version opens it again")

  // The next upgrade keeps a copy of today, not the one of before.
  open([first, second], "later")
  expect(texts(`${database}.before-1`)).toEqual(["before", "the old version opens it again"])
})

test("a gateway that nobody can restart is left alone, and so is one that must not be", async () => {
  await using release = await serve("1.1.0")
  const gateway = {
    running: async () => "1.0.0",
    restart: async () => false,
    stop: async () => {},
    answers: async () => false,
  }
  for (const how of [{ gateway }, { gateway, noRestart: true }]) {
    await using place = await installed(fakeBinary("1.0.0"))
    const { applied } = await update({ ...place, keys, baseUrl: release.url, how })
    expect(applied).toEqual({ gateway: "left" })
  }
})

test.skipIf(process.getuid?.() === 0)(
  "where it may not write it says who could (not as root, who may write everywhere)",
  async () => {
    await using place = await installed(fakeBinary("1.0.0"))
    await using release = await serve("1.1.0")
    await chmod(dirname(place.target), 0o555)
    const tried = update({ ...place, keys, baseUrl: release.url })
    await expect(tried).rejects.toMatchObject({
      code: "update.read-only",
      hint: expect.stringContaining("sudo"),
    })
    await chmod(dirname(place.target), 0o755)
  },
)

test("N242: a binary that lost the program inside it is not swapped in", async () => {
  // What `strip` leaves is plain Bun, which answers --version with Bun's own.
  const stripped = Buffer.from('#!/bin/sh\necho "1.4.5"\n')
  await using place = await installed(fakeBinary("1.0.0"))
  const files = await signedRelease(stripped, { version: "1.1.0", keys: [key.privateKey] })
  await using release = serveFiles(new Map(under("stable", files)))
  const tried = update({ ...place, keys, baseUrl: release.url })
  await expect(tried).rejects.toMatchObject({ code: "update.does-not-start" })
})

test("N241: what would turn the binary into something else is not passed to it", async () => {
  const tattler = Buffer.from(
    '#!/bin/sh\n[ -z "$BUN_OPTIONS$BUN_BE_BUN$NODE_OPTIONS$LD_PRELOAD" ] || exit 1\necho "fased 1.1.0"\n',
  )
  await using place = await installed(fakeBinary("1.0.0"))
  const files = await signedRelease(tattler, { version: "1.1.0", keys: [key.privateKey] })
  await using release = serveFiles(new Map(under("stable", files)))
  const env = { BUN_OPTIONS: "--preload /x", BUN_BE_BUN: "1", NODE_OPTIONS: "x", LD_PRELOAD: "" }
  await update({ ...place, keys, baseUrl: release.url, how: { env } })
  expect(await says(place.target)).toBe("fased 1.1.0")
})

test("N194: the new version is tried out in a folder of its own, where nothing lies in wait", async () => {
  const curious = Buffer.from(
    '#!/bin/sh\n[ "$1" = config ] || [ -z "$(ls -A)" ] || exit 1\necho "fased 1.1.0"\n',
  )
  await using place = await installed(fakeBinary("1.0.0"))
  const files = await signedRelease(curious, { version: "1.1.0", keys: [key.privateKey] })
  await using release = serveFiles(new Map(under("stable", files)))
  await update({ ...place, keys, baseUrl: release.url })
  expect(await Bun.file(place.target).text()).toBe(curious.toString())
})

test("a link waiting under the name of the staged file is not written through", async () => {
  await using place = await installed(fakeBinary("1.0.0"))
  await using release = await serve("1.1.0")
  const victim = join(place.folder, "victim")
  await writeFile(victim, "mine")
  await symlink(victim, join(dirname(place.target), ".fased-update-aside"))
  await update({ ...place, keys, baseUrl: release.url })
  expect(await Bun.file(victim).text()).toBe("mine")
  expect(await says(place.target)).toBe("fased 1.1.0")
})
