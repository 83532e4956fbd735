import { expect, test } from "bun:test"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Decision, Verdict } from "../../src/approvals/gate.ts"
import { workbench } from "./workbench.ts"

test("a command's output, code and time come back", async () => {
  await using bench = workbench()
  expect(await bench.exec({ command: "echo out; echo err >&2; pwd; exit 3" })).toMatchObject({
    status: "failed",
    exitCode: 3,
    output: expect.stringContaining(`${bench.workspace}\n`),
  })
  const [request] = bench.asked
  expect(request).toMatchObject({
    cwd: bench.workspace,
    host: "gateway",
    security: "allowlist",
    ask: "on-miss",
    env: {},
  })
})

test("nothing of fased's, no secret and nothing that steers a runtime reaches a command", async () => {
  await using bench = workbench({
    env: {
      BUN_OPTIONS: "--preload x",
      NODE_OPTIONS: "--require x",
      LD_PRELOAD: "",
      BASH_ENV: "/tmp/x",
      FASED_GATEWAY_TOKEN: "t",
      OPENAI_API_KEY: "sk",
      GITHUB_TOKEN: "gh",
      DATABASE_URL: "postgres://me:pass@db/x",
      JAVA_HOME: "/opt/java",
    },
  })
  const { output } = await bench.exec({ command: "env" })
  const names = output.split("\n").map((line: string) => line.split("=")[0])
  expect(names).toContain("JAVA_HOME")
  expect(output).toContain("FASED_SHELL=exec")
  for (const name of [
    "BUN_OPTIONS",
    "NODE_OPTIONS",
    "LD_PRELOAD",
    "BASH_ENV",
    "FASED_GATEWAY_TOKEN",
    "OPENAI_API_KEY",
    "GITHUB_TOKEN",
    "DATABASE_URL",
  ])
    expect(names).not.toContain(name)
})

test.each([
  "PATH",
  "Path",
  "LD_PRELOAD",
  "DYLD_INSERT_LIBRARIES",
  "BASH_ENV",
  "ENV",
  "PYTHONSTARTUP",
  "PYTHONPATH",
  "PERL5OPT",
  "RUBYOPT",
  "NODE_OPTIONS",
  "BUN_BE_BUN",
  "GIT_SSH_COMMAND",
  "GIT_CONFIG_COUNT",
  "PROMPT_COMMAND",
  "FASED_STATE_DIR",
  "HOME",
  "IFS",
  "PAGER",
  "bad name",
  "BASH_FUNC_ls%%",
  "JAVA_TOOL_OPTIONS",
])("a call may not set %s", async (name) => {
  await using bench = workbench()
  await expect(bench.exec({ command: "true", env: { [name]: "x" } })).rejects.toMatchObject({
    code: "exec.refused-variable",
  })
  expect(bench.asked).toEqual([])
})

test("a harmless variable is set, and shown to the gate", async () => {
  await using bench = workbench()
  expect(await bench.exec({ command: "echo $GREETING", env: { GREETING: "hi" } })).toMatchObject({
    output: "hi\n",
  })
  expect(bench.asked[0]!.env).toEqual({ GREETING: "hi" })
})

test("a folder is judged by where its links lead; fased's own and the system's are refused", async () => {
  await using bench = workbench()
  mkdirSync(join(bench.home, "project"))
  symlinkSync(join(bench.home, "project"), join(bench.workspace, "link"))
  symlinkSync(join(bench.home, ".fased"), join(bench.workspace, "state"))
  await bench.exec({ command: "true", workdir: "link" })
  expect(bench.asked[0]!.cwd).toBe(join(bench.home, "project"))
  for (const workdir of [
    "state",
    "/proc/self",
    "/dev/fd",
    "~/x",
    "missing",
    join(bench.home, ".fased"),
  ])
    await expect(bench.exec({ command: "true", workdir })).rejects.toMatchObject({
      code: "exec.bad-folder",
    })
})

test("a command that takes long goes on in the background, and its end is told to the session", async () => {
  await using bench = workbench()
  const begun = await bench.exec({ command: "echo one; sleep 0.5; echo two; exit 4", yieldMs: 150 })
  expect(begun).toMatchObject({ status: "running", tail: "one\n" })
  const { sessionId } = begun
  expect((await bench.process({ action: "list" })).sessions).toMatchObject([
    { sessionId, status: "running" },
  ])
  expect(await bench.process({ action: "poll", sessionId, timeoutMs: 5000 })).toMatchObject({
    status: "failed",
    exitCode: 4,
    output: "two\n",
  })
  expect(bench.events.drain("agent:main:main")).toEqual([
    `Exec finished (session ${sessionId}, code 4), its output ends with "one\\ntwo"`,
  ])
  expect(await bench.process({ action: "log", sessionId })).toBe("one\ntwo")
  await bench.process({ action: "clear", sessionId })
  expect((await bench.process({ action: "list" })).sessions).toEqual([])
})

test("without the process tool a command is waited for", async () => {
  await using bench = workbench({ offered: ["exec"] })
  expect(
    await bench.exec({ command: "sleep 0.2; echo done", yieldMs: 10, background: true }),
  ).toMatchObject({ status: "completed", output: "done\n" })
})

/** Bytes that are still in use; what was let go of does not count, whenever it is given back. */
const held = () => {
  Bun.gc(true)
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

test("100 MB of output cost bounded memory, and beginning, end and number are kept", async () => {
  await using bench = workbench()
  const before = held()
  const done = await bench.exec({
    command: "echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last",
    background: false,
    yieldMs: 60_000,
  })
  expect(done.output.startsWith("first\nxxx")).toBe(true)
  expect(done.output.endsWith("xxx\nlast\n")).toBe(true)
  expect(done.output.length).toBeLessThan(31_000)
  expect(held() - before).toBeLessThan(10_000_000)
}, 30_000)

test("a command that prints for ever is ended", async () => {
  await using bench = workbench()
  const done = await bench.exec({ command: "yes", yieldMs: 60_000 })
  expect(done).toMatchObject({ status: "failed", stopped: expect.stringContaining("256 MB") })
}, 30_000)

test("characters survive the borders of chunks, colours and bells do not", async () => {
  await using bench = workbench()
  const { output } = await bench.exec({
    command:
      "printf '\\xe2\\x82'; sleep 0.1; printf '\\xac '; printf '\\033[31mred\\033[0m\\007 \\xf0\\x9f'; sleep 0.1; printf '\\x90\\xa6'; printf '\\n10%%\\r100%%\\n'",
  })
  expect(output).toBe("€ red 🐦\n100%\n")
})

test("a timeout ends the whole group, also who ignores TERM", async () => {
  await using bench = workbench()
  const file = join(bench.workspace, "pid")
  const done = await bench.exec({
    command: `sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 0.1; done' & wait`,
    timeout: 0.4,
    yieldMs: 30_000,
  })
  expect(done).toMatchObject({
    status: "failed",
    signal: "SIGTERM",
    stopped: expect.stringContaining("time"),
  })
  await bench.jobs.close()
  expect(isAlive(file)).toBe(false)
}, 15_000)

test("when the gateway stops, no grandchild is left", async () => {
  const bench = workbench()
  const file = join(bench.workspace, "pid")
  const { sessionId } = await bench.exec({
    command: `sh -c 'trap "" TERM HUP; echo $$ > ${file}; echo up; while :; do sleep 0.1; done' & wait`,
    background: true,
  })
  await until(() => existsSync(file) && readFileSync(file, "utf8").trim() !== "")
  expect(sessionId).toBeString()
  expect(isAlive(file)).toBe(true)
  await bench.jobs.close()
  expect(isAlive(file)).toBe(false)
  await expect(bench.exec({ command: "true" })).rejects.toMatchObject({ code: "exec.cannot-start" })
  await bench.close()
}, 15_000)

test("what a command leaves behind ends with it, and that is said", async () => {
  await using bench = workbench()
  const file = join(bench.workspace, "pid")
  const done = await bench.exec({ command: `sleep 60 & echo $! > ${file}; echo ready` })
  expect(done).toMatchObject({
    exitCode: 0,
    output: "ready\n",
    note: expect.stringContaining("background: true"),
  })
  await until(() => !isAlive(file))
})

test("the end of a turn ends what runs in the foreground and leaves what is in the background", async () => {
  await using bench = workbench()
  const turn = new AbortController()
  const { sessionId } = await bench.exec(
    { command: "sleep 60", background: true },
    { signal: turn.signal },
  )
  const foreground = bench.exec({ command: "sleep 60" }, { signal: turn.signal })
  await until(() => bench.asked.length === 2)
  turn.abort()
  expect(await foreground).toMatchObject({ stopped: "the turn was stopped" })
  expect((await bench.process({ action: "list" })).sessions).toMatchObject([
    { sessionId, status: "running" },
    { status: "failed" },
  ])
})

test("what is written to a command reaches it, and so does the end of its input", async () => {
  await using bench = workbench()
  const { sessionId } = await bench.exec({ command: "cat; echo bye", background: true })
  await bench.process({ action: "write", sessionId, data: "hello\n", eof: true })
  expect(await bench.process({ action: "poll", sessionId, timeoutMs: 5000 })).toMatchObject({
    status: "completed",
    output: "hello\nbye\n",
  })
})

test("a terminal is one: size, keys and control characters", async () => {
  await using bench = workbench()
  const { sessionId } = await bench.exec({
    command:
      "test -t 0 && stty size; read line; echo got $line; trap 'stty size; exit 7' INT; while :; do sleep 0.05; done",
    background: true,
    pty: true,
  })
  await bench.process({ action: "resize", sessionId, cols: 90, rows: 20 })
  await bench.process({ action: "submit", sessionId, data: "abc" })
  await until(() =>
    bench.jobs
      .get(sessionId, { agentId: "main", sessionKey: "x", owner: true })
      .output.text()
      .includes("got abc"),
  )
  await bench.process({ action: "send-keys", sessionId, keys: ["C-c"] })
  expect(await bench.process({ action: "poll", sessionId, timeoutMs: 5000 })).toMatchObject({
    exitCode: 7,
  })
  expect(await bench.process({ action: "log", sessionId })).toMatch(/20 90$/)
  await expect(bench.process({ action: "submit", sessionId, data: "x" })).rejects.toMatchObject({
    code: "exec.not-running",
  })
})

test("sessions are an agent's own, and a guest sees only those of the conversation", async () => {
  await using bench = workbench()
  const { sessionId } = await bench.exec({ command: "sleep 60", background: true })
  for (const stranger of [
    { agentId: "other" },
    { owner: false, sessionKey: "agent:main:telegram:direct:1" },
  ]) {
    expect(await bench.process({ action: "list" }, stranger)).toEqual({ sessions: [] })
    await expect(bench.process({ action: "kill", sessionId }, stranger)).rejects.toMatchObject({
      code: "exec.unknown-session",
    })
  }
  expect(await bench.process({ action: "kill", sessionId })).toMatchObject({ signal: "SIGTERM" })
})

test("a refusal is told with its reason, and nothing runs", async () => {
  await using bench = workbench({
    verdict: () => ({ kind: "refuse", reason: "exec is denied here." }),
  })
  await expect(bench.exec({ command: "touch ran" })).rejects.toMatchObject({
    code: "exec.refused",
    message: "exec is denied here.",
  })
  expect(existsSync(join(bench.workspace, "ran"))).toBe(false)
})

const pending = () => {
  const decision = Promise.withResolvers<Decision>()
  return {
    decide: decision.resolve,
    verdict: (): Verdict => ({ kind: "wait", id: "a1", expiresAt: 9, decided: decision.promise }),
  }
}

test("a turn that somebody reads waits for the decision", async () => {
  const { decide, verdict } = pending()
  await using bench = workbench({ verdict })
  const running = bench.exec({ command: "echo allowed" })
  decide("allow-once")
  expect(await running).toMatchObject({ status: "completed", output: "allowed\n" })
})

test("a turn that nobody reads goes on at once; the session hears how it ended", async () => {
  const { decide, verdict } = pending()
  await using bench = workbench({ verdict })
  expect(await bench.exec({ command: "echo late" }, { surface: "http" })).toMatchObject({
    status: "approval-pending",
    approvalId: "a1",
  })
  decide("allow-once")
  await until(() =>
    bench.jobs
      .of({ agentId: "main", sessionKey: "agent:main:main", owner: true })
      .some((job) => job.ending),
  )
  expect(bench.events.drain("agent:main:main")).toEqual([
    expect.stringMatching(/^Exec finished \(session .*, code 0\), its output ends with "late"$/),
  ])
})

test("a late denial is told to the session, an early one to the model", async () => {
  const late = pending()
  await using bench = workbench({ verdict: late.verdict })
  await bench.exec({ command: "touch ran" }, { surface: "cron" })
  late.decide("deny")
  await until(() => bench.events.drain("agent:main:main").includes("Exec denied (approval a1)."))
  await expect(bench.exec({ command: "touch ran" })).rejects.toMatchObject({ code: "exec.denied" })
  expect(existsSync(join(bench.workspace, "ran"))).toBe(false)
})

test("a decision after the turn was stopped starts nothing", async () => {
  const { decide, verdict } = pending()
  await using bench = workbench({ verdict })
  const turn = new AbortController()
  const running = bench.exec({ command: "touch ran" }, { signal: turn.signal })
  turn.abort()
  await running
  decide("allow-once")
  await Bun.sleep(0)
  expect(bench.jobs.of({ agentId: "main", sessionKey: "agent:main:main", owner: true })).toEqual([])
})

test("a script, a program or the folder that changed between question and answer is not run", async () => {
  await using bench = workbench({
    verdict: () => {
      const decided = Promise.resolve().then((): Decision => {
        writeFileSync(join(bench.workspace, "job.sh"), "touch ran\n")
        return "allow-once"
      })
      return { kind: "wait", id: "a1", expiresAt: 9, decided }
    },
  })
  writeFileSync(join(bench.workspace, "job.sh"), "echo harmless\n")
  await expect(bench.exec({ command: "bash job.sh" })).rejects.toMatchObject({
    code: "exec.changed",
  })
  expect(existsSync(join(bench.workspace, "ran"))).toBe(false)
})

test("no more than 32 commands of one agent run at once", async () => {
  await using bench = workbench()
  for (let count = 0; count < 32; count++)
    await bench.exec({ command: "sleep 60", background: true })
  await expect(bench.exec({ command: "true" })).rejects.toMatchObject({ code: "exec.too-many" })
}, 20_000)

/** Whether a process runs; one that nobody has taken leave of yet does not. */
const isAlive = (pidFile: string) => {
  const { status, stdout } = spawnSync("ps", [
    "-o",
    "stat=",
    "-p",
    readFileSync(pidFile, "utf8").trim(),
  ])
  return status === 0 && !stdout.toString().startsWith("Z")
}

/** Looks again until it holds; the test's own limit is the end of its patience. */
const until = async (holds: () => boolean) => {
  while (!holds()) await Bun.sleep(10)
}
