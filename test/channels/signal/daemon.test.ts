import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { expect, test } from "bun:test"
import { signal } from "../../../src/channels/signal/index.ts"
import type { SignalSettings } from "../../../src/channels/signal/settings.ts"
import { accountSchema } from "../../../src/channels/resolve.ts"
import { systemClock } from "../../../src/kernel/clock.ts"
import type { LoginStep } from "../../../src/kernel/connect-context.ts"
import { connectionOver } from "../../../src/kernel/network.ts"
import { connectAdapter, saysOf } from "../../support/adapter.ts"
import { botNumber, fakeSignal } from "../../support/fake-signal.ts"
import { silentLog } from "../../support/silent-log.ts"

const main = resolve(import.meta.dir, "../../support/fake-signal-cli-main.ts")

/** A place with a program named signal-cli, and a port where nobody listens. */
const place = async (env: Record<string, string> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), "fased-signal-"))
  const program = join(folder, "bin", "signal-cli")
  await Bun.write(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  await chmod(program, 0o700)
  const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() })
  const port = taken.port!
  await taken.stop(true)
  return {
    folder,
    environment: { PATH: `${dirname(program)}:/usr/bin:/bin`, ...env },
    settings: { account: botNumber, httpPort: port },
    port,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
type Place = Awaited<ReturnType<typeof place>>
const connect = ({ settings, environment }: Place, more: Record<string, unknown> = {}) =>
  connectAdapter(signal, { settings }, { environment, settings: more })
const overOf = async (work: Promise<unknown>) => {
  const error = await work.catch((error: unknown) => error)
  if (!connectionOver.is(error)) throw new Error("should be over", { cause: error })
  return error.data
}
const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/api/v1/check`).then(
    ({ ok }) => ok,
    () => false,
  )

test("a daemon is started with what was set, in a clean environment, and ended with the account", async () => {
  await using notes = await place()
  const note = join(notes.folder, "note.json")
  await using here = await place({ LANG: "C", FAKE_NOTE: note })
  const host = await connect(here, { ignoreStories: true })
  expect(host.connection.self.ids[0]).toBe(botNumber)
  const started = (await Bun.file(note).json()) as {
    words: string[]
    env: Record<string, string>
  }
  expect(started.words.join(" ")).toBe(
    `-a ${botNumber} daemon --http 127.0.0.1:${here.port} --no-receive-stdout --receive-mode on-connection --ignore-stories`,
  )
  expect(
    Object.keys(started.env)
      .filter((name) => !/^(?:PWD|OLDPWD|SHLVL|_)$/.test(name))
      .sort(),
  ).toEqual(["FAKE_NOTE", "LANG", "PATH"])
  expect(await answers(here.port)).toBe(true)
  await host[Symbol.asyncDispose]()
  expect(await answers(here.port)).toBe(false)
})

test("what a daemon hears while it is being ended is not lost: it comes with the next connection", async () => {
  await using here = await place({ FAKE_DAEMON: "hears-to-the-end" })
  const memory = new Map<string, string>()
  const { settings, environment } = here
  const first = await connectAdapter(signal, { settings }, { environment, memory })
  await first[Symbol.asyncDispose]()
  await using next = await connectAdapter(signal, { settings }, { environment, memory })
  await next.until(saysOf("just in time"))
})

const lastWords = {
  why: "gone",
  text: "signal-cli ended with code 137, saying: OutOfMemoryError",
}

test("a daemon that ends takes the connection with it, and says its last words", async () => {
  await using notes = await place()
  const note = join(notes.folder, "note.json")
  await using here = await place({ FAKE_NOTE: note })
  await using host = await connect(here)
  const { pid } = (await Bun.file(note).json()) as { pid: number }
  process.kill(pid, "SIGUSR1")
  expect(await overOf(host.connection.over)).toMatchObject(lastWords)
})

test("so does one that ends before it is heard", async () => {
  await using here = await place({ FAKE_DAEMON: "dies-when-asked" })
  expect(await overOf(connect(here))).toMatchObject(lastWords)
})

test("one that does not know the account says how to link it", async () => {
  await using here = await place({ FAKE_DAEMON: "unregistered" })
  expect(await overOf(connect(here))).toMatchObject({
    text: expect.stringContaining("is not registered"),
    hint: "Link the account again: fased channels login signal",
  })
})

test("one that does not come up in time is ended, and the setting named", async () => {
  await using here = await place({ FAKE_DAEMON: "hangs" })
  expect(await overOf(connect(here, { startupTimeoutMs: 1000 }))).toMatchObject({
    why: "gone",
    text: expect.stringContaining("Starting, very slowly"),
    hint: expect.stringContaining("startupTimeoutMs"),
  })
})

test("without the program nothing is tried again, and it is said where it comes from", async () => {
  await using here = await place()
  expect(await overOf(connect(here, { cliPath: "signal-cli-of-nobody" }))).toMatchObject({
    why: "credentials",
    text: "signal-cli-of-nobody: command not found.",
    hint: expect.stringContaining("cliPath"),
  })
})

test("a port on which another daemon answers is left alone", async () => {
  await using network = fakeSignal()
  await using here = await place()
  const { port } = new URL(network.settings.httpUrl)
  expect(await overOf(connect(here, { httpPort: Number(port) }))).toMatchObject({
    why: "conflict",
    hint: expect.stringContaining("httpUrl"),
  })
  expect(await answers(Number(port))).toBe(true)
})

test("a daemon that a killed gateway left running is ended before the next is started", async () => {
  await using here = await place()
  const { findProgram, startDaemon } = await import("../../../src/channels/signal/daemon.ts")
  const { createRpc } = await import("../../../src/channels/signal/rpc.ts")
  const config = accountSchema(signal).parse(here.settings) as SignalSettings
  const never = new AbortController().signal
  const context = {
    environment: here.environment,
    folder: here.folder,
    clock: systemClock,
    log: silentLog,
    signal: never,
  }
  const rpc = createRpc(`http://127.0.0.1:${here.port}`, () => botNumber, never)
  expect(findProgram(config, here.environment)).toEndWith("/bin/signal-cli")
  const left = await startDaemon(config, rpc, context)
  const next = await startDaemon(config, rpc, context)
  expect(await overOf(left.over)).toMatchObject({ why: "gone" })
  expect(await answers(here.port)).toBe(true)
  await next.close()
  expect(await answers(here.port)).toBe(false)
})

test("an account is linked with a code to scan", async () => {
  for (const outcome of ["linked", "refused"]) {
    await using here = await place({ FAKE_LINK: outcome })
    const config = accountSchema(signal).parse(here.settings) as SignalSettings
    const steps: LoginStep[] = []
    const context = {
      account: "default",
      folder: here.folder,
      environment: here.environment,
      clock: systemClock,
      log: silentLog,
      signal: new AbortController().signal,
    }
    const linking = signal.login!(config, context, (step) => steps.push(step))
    if (outcome === "refused")
      expect(await overOf(linking)).toMatchObject({
        text: "signal-cli could not link: Link request timed out, please try again.",
      })
    else {
      await linking
      expect(steps.at(-1)).toEqual({ kind: "done", message: `Linked as ${botNumber}.` })
    }
    expect(steps[1]).toEqual({ kind: "qr", text: "sgnl://linkdevice?uuid=x&pub_key=y" })
  }
})

test("a daemon elsewhere links as well", async () => {
  await using network = fakeSignal()
  const steps: LoginStep[] = []
  const config = accountSchema(signal).parse({ httpUrl: network.settings.httpUrl })
  const context = {
    account: "default",
    folder: "/nowhere",
    environment: {},
    clock: systemClock,
    log: silentLog,
    signal: new AbortController().signal,
  }
  await signal.login!(config as SignalSettings, context, (step) => steps.push(step))
  expect(steps.map(({ kind }) => kind)).toEqual(["waiting", "qr", "done"])
  expect(steps[2]).toMatchObject({ message: expect.stringContaining(`account to "${botNumber}"`) })
})
