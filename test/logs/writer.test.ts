import { expect, test } from "bun:test"
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Clock } from "../../src/kernel/clock.ts"
import { type Logging, logging } from "../../src/logs/config.ts"
import { createLog, type LogOptions } from "../../src/logs/writer.ts"

const noon = new Date(2026, 0, 31, 12, 0, 0).getTime()

/** A log in a temporary folder, with a clock the test turns. */
const openLog = (config: Partial<Logging> = {}, options: Partial<LogOptions> = {}) => {
  const root = mkdtempSync(join(tmpdir(), "fased-logs-"))
  const folder = join(root, "logs")
  const time = { now: noon, timers: [] as (() => void)[] }
  const clock: Clock = {
    now: () => time.now,
    after: (_, work) => {
      time.timers.push(work)
      return () => (time.timers = time.timers.filter((timer) => timer !== work))
    },
    every: () => () => {},
  }
  const shown: string[] = []
  const settings = logging.schema.parse(config)
  const log = createLog({
    folder,
    config: () => settings,
    clock,
    env: {},
    terminal: { write: (text) => shown.push(text) },
    ...options,
  })
  return {
    log,
    folder,
    time,
    shown,
    read: (name = "fased-2026-01-31.log") =>
      readFileSync(join(folder, name), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    [Symbol.dispose]() {
      log.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

test("a line has time, level, subsystem, message and meta, in a private file of the day", () => {
  using logs = openLog()
  logs.log.for("sessions").info("turn finished", { tokens: 5, session: "agent:main:main" })
  logs.log.info("plain")
  expect(existsSync(logs.log.file)).toBe(false)
  logs.time.timers[0]!()
  expect(logs.read()).toEqual([
    {
      time: new Date(noon).toISOString(),
      level: "info",
      subsystem: "sessions",
      message: "turn finished",
      meta: { tokens: 5, session: "agent:main:main" },
    },
    { time: new Date(noon).toISOString(), level: "info", subsystem: "gateway", message: "plain" },
  ])
  expect(statSync(logs.folder).mode & 0o777).toBe(0o700)
  expect(statSync(logs.log.file).mode & 0o777).toBe(0o600)
})

test("an error is on disk before the call returns", () => {
  using logs = openLog()
  logs.log.info("before")
  logs.log.error("broken", {
    error: Object.assign(new Error("why"), { code: "EIO", secretStuff: {} }),
  })
  expect(logs.read().map(({ message }) => message)).toEqual(["before", "broken"])
  expect(logs.read()[1].meta.error).toMatchObject({ name: "Error", message: "why", code: "EIO" })
  expect(logs.read()[1].meta.error.secretStuff).toBeUndefined()
})

test.each([
  [{ level: "warn" }, {}, ["warn", "error"]],
  [{ level: "silent" }, {}, undefined],
  [{ level: "silent" }, { env: { FASED_LOG_LEVEL: "error" } }, ["error"]],
  [
    { level: "error" },
    { env: { FASED_LOG_LEVEL: "TRACE" } },
    ["trace", "debug", "info", "warn", "error"],
  ],
  [{ level: "error" }, { verbose: true }, ["error"]],
] as const)("with %p and %p the file holds %p", (config, options, expected) => {
  using logs = openLog(config, options)
  for (const level of ["trace", "debug", "info", "warn", "error"] as const) logs.log[level](level)
  logs.log.flush()
  if (expected) expect(logs.read().map(({ level }) => level)).toEqual([...expected])
  else expect(existsSync(logs.log.file)).toBe(false)
})

test("an unknown FASED_LOG_LEVEL is ignored with a warning", () => {
  using logs = openLog({}, { env: { FASED_LOG_LEVEL: "loud" }, console: true })
  logs.log.debug("hidden")
  logs.log.flush()
  expect(logs.read()).toMatchObject([{ level: "warn", subsystem: "logs", meta: { value: "loud" } }])
  expect(logs.shown.join("")).toContain("FASED_LOG_LEVEL is not a log level")
})

test("a new day begins a new file", () => {
  using logs = openLog()
  logs.log.error("one")
  logs.time.now += 86_400_000
  logs.log.error("two")
  expect(readdirSync(logs.folder).toSorted()).toEqual([
    "fased-2026-01-31.log",
    "fased-2026-02-01.log",
  ])
  expect(logs.log.current()).toEndWith("fased-2026-02-01.log")
})

test("a full file is put aside, and the oldest go when all are too much", () => {
  using logs = openLog({ maxFileBytes: 2_000, maxTotalBytes: 10_000 })
  for (let i = 0; i < 200; i++) {
    logs.time.now += 10
    logs.log.error("x".repeat(300), { i })
  }
  const names = readdirSync(logs.folder)
  const total = names.reduce((sum, name) => sum + statSync(join(logs.folder, name)).size, 0)
  expect(total).toBeLessThanOrEqual(10_000)
  expect(names.length).toBeGreaterThan(2)
  expect(names).not.toContain("fased-2026-01-31.1.log")
  expect(logs.read().at(-1).meta.i).toBe(199)
})

test("a fixed file is used as named, with only its own kind put aside", () => {
  using logs = openLog({ file: "my.log", maxFileBytes: 1_000, maxTotalBytes: 10_000 })
  for (let i = 0; i < 60; i++) logs.log.error("x".repeat(300))
  const names = readdirSync(logs.folder)
  expect(names).toContain("my.log")
  expect(names.every((name) => /^my(\.\d+)?\.log$/.test(name))).toBe(true)
})

test("a file that was moved away is begun anew", () => {
  using logs = openLog()
  logs.log.error("one")
  renameSync(logs.log.file, `${logs.log.file}.moved`)
  logs.time.now += 2_000
  logs.log.error("two")
  expect(logs.read()).toMatchObject([{ message: "two" }])
})

test("what cannot be written is counted, told once, and told again in the file", () => {
  using logs = openLog({}, { folder: join(tmpdir(), `fased-logs-blocked-${process.pid}`) })
  const blocked = join(tmpdir(), `fased-logs-blocked-${process.pid}`)
  writeFileSync(blocked, "a file where the folder should be")
  try {
    logs.log.error("lost")
    logs.log.error("lost too")
    expect(logs.shown.filter((text) => text.includes("log lines cannot be written"))).toHaveLength(
      1,
    )
    rmSync(blocked)
    logs.log.error("back")
    const lines = readFileSync(logs.log.file, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines).toMatchObject([
      { message: "log lines were lost", meta: { count: 2 } },
      { message: "back" },
    ])
  } finally {
    rmSync(blocked, { recursive: true, force: true })
  }
})

test.skipIf(!existsSync("/dev/full"))("a full disk costs log lines, not the gateway", () => {
  using logs = openLog({ file: "/dev/full" })
  expect(() => logs.log.error("no room")).not.toThrow()
  expect(logs.shown.join("")).toContain("ENOSPC")
})

test("fields that cannot be read do not break the caller", () => {
  using logs = openLog()
  const cycle: Record<string, unknown> = {
    bytes: new Uint8Array(9),
    when: new Date(0),
    big: 5n,
    run() {},
  }
  cycle.self = cycle
  logs.log.error("odd", cycle)
  logs.log.error("trap", {
    trap: Object.defineProperty({}, "x", {
      enumerable: true,
      get() {
        throw new Error()
      },
    }),
  })
  logs.log.error("endless", { list: Array.from({ length: 5_000 }, () => "y".repeat(5_000)) })
  const [odd, trap, endless] = logs.read()
  expect(odd.meta).toEqual({
    bytes: "<9 bytes>",
    when: "1970-01-01T00:00:00.000Z",
    big: "5",
    self: "…",
  })
  expect(trap.meta.note).toBe("the fields of this line cannot be read")
  expect(JSON.stringify(endless).length).toBeLessThan(1_000)
})

test("the terminal shows lines people can read, in colour only where it can", () => {
  using logs = openLog({}, { console: true })
  logs.log.for("channels/whatsapp/outbound").info("sent", { to: "a b", id: 5 })
  logs.log.warn("odd", { error: new Error("why") })
  logs.log.debug("hidden")
  expect(logs.shown).toEqual([
    '12:00:00 [whatsapp/outbound] sent to="a b" id=5\n',
    "12:00:00 [gateway] warning: odd error=why\n",
  ])
  const colours: string[] = []
  const terminal = { write: (text: string) => colours.push(text), isTTY: true }
  using bright = openLog({ consoleStyle: "compact" }, { console: true, terminal, verbose: true })
  bright.log.debug("seen")
  using plain = openLog(
    { consoleStyle: "compact" },
    { console: true, terminal, env: { NO_COLOR: "1" } },
  )
  plain.log.info("seen")
  using json = openLog({ consoleStyle: "json" }, { console: true, terminal })
  json.log.info("seen")
  expect(colours[0]).toContain("\x1b[")
  expect(colours[1]).toBe("[gateway] seen\n")
  expect(JSON.parse(colours[2]!)).toMatchObject({ message: "seen" })
})

test("nothing an outsider sends can forge a line or drive the terminal", () => {
  using logs = openLog({}, { console: true })
  const agent =
    "Mozilla\r\n12:00:00 [gateway] owned\x1b]0;title\x07\x1b[2J\x1b]8;;http://x\x1b\\link\x9b31m\u202e"
  logs.log.error("connected", { agent, [`k\x1b[1m\r\n`]: 1, error: new Error(agent) })
  logs.log.error("x".repeat(1_000_000))
  const written = readFileSync(logs.log.file, "utf8")
  // oxlint-disable-next-line no-control-regex
  expect(written + logs.shown.join("")).not.toMatch(
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|\]0;|title/,
  )
  expect(written.trim().split("\n")).toHaveLength(2)
  expect(logs.shown[0]!.split("\n").filter((line) => /^\S/.test(line))).toHaveLength(1)
  expect(logs.shown.join("").length).toBeLessThan(12_000)
})

test("a flood of one line is counted on the terminal, and whole in the file", () => {
  using at = openLog({}, { console: true })
  for (let count = 0; count < 100; count++) at.log.warn("provider is slow", { provider: "x" })
  at.log.info("something else")
  at.log.flush()

  expect(at.shown.length).toBeLessThan(10)
  expect(at.shown.join("")).toMatch(/repeated 9\d times/)
  expect(at.shown.at(-1)).toContain("something else")
  expect(at.read()).toHaveLength(101)
})
