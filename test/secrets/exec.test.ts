import { expect, test } from "bun:test"
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import type { z } from "zod"
import { secrets as section } from "../../src/secrets/config.ts"
import { only, vault } from "./sample.ts"

type Exec = Partial<
  Extract<
    NonNullable<z.input<typeof section.schema>["providers"]>[string],
    { source: "exec"; command: string }
  >
>

const by = (command: string, more: Exec = {}) => ({
  providers: { safe: { source: "exec" as const, command, ...more } as never },
})
const path = "models.providers.x.apiKey"
const ask = only("exec", "prod/key", "safe")
const answer = (values: object, more: object = {}) =>
  JSON.stringify({ protocolVersion: 1, values, ...more })

test("a command is asked by the protocol and answers by it", async () => {
  using here = vault()
  const asked = join(here.folder, "asked")
  const command = here.command(
    "helper",
    `cat > '${asked}'; echo '${answer({ "prod/key": "sesame" })}'`,
  )
  const { secrets } = await here.resolve(ask, by(command))
  expect(secrets).toEqual({ [path]: "sesame" })
  expect(JSON.parse(readFileSync(asked, "utf8"))).toEqual({
    protocolVersion: 1,
    provider: "safe",
    ids: ["prod/key"],
  })
})

const quick = { timeoutMs: 10_000, noOutputTimeoutMs: 500, maxOutputBytes: 4_096 }

test.each([
  ["ends with an error", "echo sesame >&2; exit 3", "ended with exit code 3"],
  [
    "answers, then ends with an error",
    `echo '${answer({ "prod/key": "sesame" })}'; exit 1`,
    "ended with exit code 1",
  ],
  ["dies", "kill -SEGV $$", "was ended by SIGSEGV"],
  ["prints garbage", "echo 'sesame {'", "its answer is not a JSON object"],
  ["prints nothing", ":", "its answer is not a JSON object"],
  ["prints a list", "echo '[]'", "its answer is not a JSON object"],
  [
    "speaks another version",
    `echo '{"protocolVersion":2,"values":{"prod/key":"sesame"}}'`,
    "its answer is not of protocolVersion 1",
  ],
  ["leaves the values out", `echo '{"protocolVersion":1}'`, 'its answer has no "values"'],
  ["knows nothing of the id", `echo '${answer({ other: "sesame" })}'`, "gave no value for it"],
  ["gives a number", `echo '${answer({ "prod/key": 7 })}'`, "something other than text"],
  ["gives a blank", `echo '${answer({ "prod/key": "  " })}'`, "it is empty"],
  ["prints bytes that are no text", `printf '\\377\\376'`, "is not text in UTF-8"],
  ["prints without end", "yes sesame", "wrote more than 4096 bytes"],
  ["says nothing and waits", "exec sleep 60", "said nothing for 500 ms"],
])("a command that %s gives no secret, and its words stay hidden", async (_, script, reason) => {
  using here = vault()
  const command = here.command("helper", script)
  const { secrets, failures } = await here.resolve(ask, by(command, quick))
  expect(secrets).toEqual({})
  expect(failures).toHaveLength(1)
  expect(failures[0]).toMatchObject({ path, ref: "exec:safe:prod/key" })
  expect(failures[0]!.reason).toContain(reason)
  expect(JSON.stringify(failures)).not.toContain("sesame")
})

test("a command that keeps talking is stopped when its time is up", async () => {
  using here = vault()
  const command = here.command("helper", "while :; do echo; sleep 0.1; done")
  const { failures } = await here.resolve(ask, by(command, { ...quick, timeoutMs: 500 }))
  expect(failures[0]!.reason).toContain("was not done after 500 ms")
})

test("nothing is left of a command that is stopped, nor of one that left a helper behind", async () => {
  using here = vault()
  const pids = join(here.folder, "pids")
  const isAlive = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] !== "Z"
    } catch {
      return false
    }
  }
  const reply = answer({ "prod/key": "sesame" })
  for (const [script, settings] of [
    [`sleep 60 & echo $! > '${pids}'; echo '${reply}'`, {}],
    [`sleep 60 & echo $! > '${pids}'; wait`, { ...quick, timeoutMs: 300 }],
  ] as const) {
    const { secrets } = await here.resolve(ask, by(here.command("helper", script), settings))
    expect(secrets).toEqual("timeoutMs" in settings ? {} : { [path]: "sesame" })
    const pid = Number(readFileSync(pids, "utf8"))
    while (isAlive(pid)) await Bun.sleep(5)
  }
})

test("a helper that got away and holds the output open does not keep us waiting", async () => {
  using here = vault()
  const pids = join(here.folder, "pids")
  const command = here.command(
    "helper",
    `setsid sh -c 'echo $$ > "${pids}"; exec sleep 60' & while [ ! -s '${pids}' ]; do :; done; echo '${answer({ "prod/key": "sesame" })}'`,
  )
  const begun = performance.now()
  const { secrets } = await here.resolve(ask, by(command, { timeoutMs: 30_000 }))
  expect(secrets).toEqual({ [path]: "sesame" })
  expect(performance.now() - begun).toBeLessThan(20_000)
  process.kill(Number(readFileSync(pids, "utf8")), "SIGKILL")
})

test("a command that never reads what it is asked may answer all the same", async () => {
  using here = vault()
  const command = here.command("helper", `exec 0<&-; echo '${answer({ "prod/key": "sesame" })}'`)
  expect((await here.resolve(ask, by(command))).secrets).toEqual({ [path]: "sesame" })
})

test("a request longer than a pipe holds neither blocks nor breaks a command that reads none of it", async () => {
  using here = vault()
  const refs = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [
      `path${at}`,
      { source: "exec" as const, provider: "safe", id: `${at}/${"x".repeat(240)}` },
    ]),
  )
  const deaf = by(here.command("deaf", `echo '${answer({})}'`))
  expect((await here.resolve(refs, deaf)).failures[0]!.reason).toContain("gave no value for it")
  const slow = by(here.command("slow", "exec sleep 60"), { ...quick, timeoutMs: 300 })
  expect((await here.resolve(refs, slow)).failures[0]!.reason).toContain("not done after 300 ms")
  const { secrets } = await here.resolve(refs, by(here.echoing("echo")))
  expect(Object.keys(secrets)).toHaveLength(500)
})

test("what fails for one id does not fail for another, and its reason is told without secrets", async () => {
  using here = vault()
  const errors = {
    bad: {
      message: "no access to bad\u001b[31m with sesame or token=abcdefghijklmnop1234567890",
    },
    worse: { message: { not: "text" } },
  }
  const command = here.command(
    "helper",
    `cat <<'END'\n${answer({ good: "sesame" }, { errors })}\nEND`,
  )
  const ref = (id: string) => ({ source: "exec" as const, provider: "safe", id })
  const { secrets, failures } = await here.resolve(
    { good: ref("good"), bad: ref("bad"), worse: ref("worse") },
    by(command),
  )
  expect(secrets).toEqual({ good: "sesame" })
  expect(failures.map(({ path }) => path)).toEqual(["bad", "worse"])
  expect(failures[0]!.reason).toMatch(/^the command says: no access to bad with \*\*\*/)
  expect(JSON.stringify(failures)).not.toMatch(/sesame|ijklmnop|\\u001b/)
})

test("a bare secret is taken where that is allowed, for one id", async () => {
  using here = vault()
  const command = here.command("helper", "echo 'sesame or so'")
  const settings = by(command, { jsonOnly: false })
  expect((await here.resolve(ask, settings)).secrets).toEqual({ [path]: "sesame or so" })
  const two = { a: ask[path], b: { ...ask[path], id: "other" } }
  expect((await here.resolve(two, settings)).failures).toHaveLength(2)
  const wrong = by(here.command("v2", `echo '{"protocolVersion":2}'`), { jsonOnly: false })
  expect((await here.resolve(ask, wrong)).failures).toHaveLength(1)
})

test("a command gets a plain PATH, what passEnv names, and nothing else", async () => {
  using here = vault()
  const seen = join(here.folder, "env")
  const command = here.command(
    "helper",
    `/usr/bin/env > '${seen}'; pwd >> '${seen}'; echo '${answer({ "prod/key": "sesame" })}'`,
  )
  const env = {
    VAULT_ADDR: "https://vault.test",
    OPENAI_API_KEY: "no",
    LD_PRELOAD: "no",
    HOME: "no",
  }
  await here.resolve(ask, by(command, { passEnv: ["VAULT_ADDR", "NOT_SET"] }), env)
  const lines = readFileSync(seen, "utf8").trim().split("\n")
  expect(lines.filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=/.test(line)).sort()).toEqual([
    "/",
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "VAULT_ADDR=https://vault.test",
  ])
})

test.each([
  "BUN_OPTIONS",
  "NODE_OPTIONS",
  "LD_PRELOAD",
  "DYLD_INSERT_LIBRARIES",
  "FASED_GATEWAY_TOKEN",
  "bun_x",
])("passEnv never passes %s", (variable) => {
  const parsed = section.schema.safeParse(by("/bin/true", { passEnv: [variable] }))
  expect(parsed.success).toBe(false)
})

test("arguments reach the command as they are, without a shell", async () => {
  using here = vault()
  const seen = join(here.folder, "args")
  const command = here.command(
    "helper",
    `printf '%s\\n' "$@" > '${seen}'; echo '${answer({ "prod/key": "sesame" })}'`,
  )
  const args = ["$(touch /tmp/never)", "; exit 1", "a b", "*"]
  await here.resolve(ask, by(command, { args }))
  expect(readFileSync(seen, "utf8")).toBe(`${args.join("\n")}\n`)
})

test("a link is run only when that is allowed, and only into a trusted folder", async () => {
  using here = vault()
  const real = here.command("real", `echo '${answer({ "prod/key": "sesame" })}'`)
  const link = join(here.folder, "link")
  symlinkSync(real, link)
  const reasonFor = async (more: Exec) =>
    (await here.resolve(ask, by(link, more))).failures[0]?.reason
  expect(await reasonFor({})).toContain("is a link")
  expect(await reasonFor({ allowSymlinkCommand: true })).toBeUndefined()
  const trusted = { allowSymlinkCommand: true, trustedDirs: [here.folder] }
  expect(await reasonFor(trusted)).toBeUndefined()
  for (const folder of ["/opt/none", `${here.folder.slice(0, -1)}`, join(here.folder, "r")])
    expect(await reasonFor({ ...trusted, trustedDirs: [folder] })).toContain(
      "in none of the trusted folders",
    )
  expect(await reasonFor({ trustedDirs: ["~/"] })).toContain("is a link")
})

const ran = (here: ReturnType<typeof vault>) => existsSync(join(here.folder, "ran"))

const untrusted: [string, (here: ReturnType<typeof vault>) => string | undefined, RegExp][] = [
  ["is missing", ({ folder }) => join(folder, "none"), /there is no command/],
  ["is a folder", ({ folder }) => folder, /is not a program/],
  ["may not be run", (here) => here.file("f", "#!/bin/sh\n"), /may not be run/],
  ["is no program", (here) => here.file("f", "\0\0", 0o700), /cannot be started|exit code/],
  ["has no interpreter", (here) => here.file("f", "#!/none\n", 0o700), /cannot be started/],
  ["its group can write", (here) => chmod(marking(here), 0o770), /has mode 770/],
  ["everybody can write", (here) => chmod(marking(here), 0o707), /has mode 707/],
  [
    "lies in a folder everybody can write",
    (here) => (chmodSync(here.folder, 0o777), marking(here)),
    /other users could change what is run/,
  ],
  [
    "lies below a folder its group can write",
    (here) => {
      const folder = join(here.folder, "open/closed")
      mkdirSync(folder, { recursive: true })
      chmodSync(join(here.folder, "open"), 0o775)
      return marking(here, "open/closed/f")
    },
    /open has mode 775/,
  ],
]
const marking = (here: ReturnType<typeof vault>, name = "f") =>
  here.command(name, `touch '${here.folder}/ran'; echo '${answer({ "prod/key": "sesame" })}'`)
const chmod = (file: string, mode: number) => (chmodSync(file, mode), file)

for (const [what, make, reason] of untrusted)
  test(`a command that ${what} is not run`, async () => {
    using here = vault()
    const { failures } = await here.resolve(ask, by(make(here)!))
    expect(failures[0]?.reason).toMatch(reason)
    expect(ran(here)).toBe(false)
  })

test("a group may write to a folder the operator vouches for, the rest of the world never", async () => {
  using here = vault()
  const command = marking(here)
  chmodSync(here.folder, 0o775)
  expect((await here.resolve(ask, by(command))).failures).toHaveLength(1)
  const trusted = by(command, { trustedDirs: [here.folder] })
  expect((await here.resolve(ask, trusted)).failures).toEqual([])
  chmodSync(here.folder, 0o777)
  expect((await here.resolve(ask, trusted)).failures).toHaveLength(1)
})

test.skipIf(process.getuid?.() !== 0)(
  "a command of another user is not run (needs root to make one)",
  async () => {
    using here = vault()
    const command = marking(here)
    chownSync(command, 4_242, 4_242)
    const { failures } = await here.resolve(ask, by(command))
    expect(failures[0]?.reason).toContain("belongs to another user (uid 4242)")
    expect(ran(here)).toBe(false)
  },
)
