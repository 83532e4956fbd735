import { describe, expect, test } from "bun:test"
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { analyse } from "../../src/approvals/analyse.ts"
import { isSame, locate } from "../../src/approvals/locate.ts"
import { temporaryHome } from "../support/gateway.ts"

const path = "/usr/bin:/bin"
const look = (command: string, more: object = {}) =>
  analyse({ command, cwd: "/", env: {}, path, ...more })
/** The names of the programs it would run, or why that cannot be said. */
const told = (command: string, more: object = {}) => {
  const analysis = look(command, more)
  return "unclear" in analysis
    ? `? ${analysis.unclear}`
    : analysis.steps.map(({ program }) => program.name).join(" ")
}

describe("the programs of a command", () => {
  test.each([
    ["ls -la", "ls"],
    ["ls | head -5 && id; uname & cat", "ls head id uname cat"],
    ["ls # $(rm x)\nid", "ls id"],
    ["cd /tmp && ls", "ls"],
    ["! ls", "ls"],
    ["time ls -l", "ls"],
    ["exec ls", "ls"],
    ["command ls", "ls"],
    ["LANG=C ls", "ls"],
    ["LC_ALL=C NO_COLOR=1 ls *.ts", "ls"],
    ["env LANG=C ls", "ls"],
    ["nice -n 19 timeout --signal=KILL -k 5 30s stdbuf -oL nohup ls", "ls"],
    ["sh -c 'ls; id'", "ls id"],
    [`bash -euc "ls | sh -c 'id'"`, "ls id"],
    ["'l's", "ls"],
    ["l\\s", "ls"],
    ["true && ls || false", "ls"],
    ["", ""],
  ])("%s → %s", (command, programs) => {
    expect(told(command)).toBe(programs)
  })

  test.each([
    // What runs more than its words say.
    "ls $(id)",
    'ls "$(id)"',
    "ls `id`",
    'ls "`id`"',
    "ls > x",
    "ls 2>&1",
    "cat < /etc/passwd",
    "cat <<EOF\nx\nEOF",
    "cat <(id)",
    "(ls)",
    "f() { id; }; f",
    "{ ls; }",
    "if true; then id; fi",
    "for x in a; do id; done",
    "ls $'a\\'; id; echo \\''",
    'ls $"x"',
    "ls ${x:-$(id)}",
    "ls ${x@P}",
    "ls $x[1]",
    "ls $\\\n(id)",
    "ls $((1))",
    "ls 'x",
    "ls \\",
    "ls \u00a0id",
    "ls\r",
    // What is put together, or means something else by the time it runs.
    "$x",
    "l{s,x}",
    "~/bin/ls",
    "/bin/l?",
    "PATH=/tmp ls",
    "LD_PRELOAD=/tmp/x.so ls",
    "PATH=/tmp; ls",
    "a[0]=1 ls",
    "cd /tmp && ./ls",
    "./no-such-program",
    "no-such-program",
    // What belongs to the shell.
    "eval ls",
    "source x",
    ". x",
    "alias ls=id; ls",
    "export PATH=/tmp; ls",
    "printf -v x y",
    "[ -v 'a[$(id)]' ]",
    "test -v x",
    "trap id EXIT",
    "hash -p /tmp/x ls; ls",
    "builtin cd",
    "noglob ls",
    // Wrappers with options, and what runs what its words say.
    "env -S 'ls -l'",
    "env -i ls",
    "env -u PATH ls",
    "env PATH=/tmp ls",
    "env BASH_ENV=x sh",
    "nice --adjustment $x ls",
    "timeout $x ls",
    "command -p ls",
    "exec -a x ls",
    "time -p ls",
    "sudo ls",
    "awk 'BEGIN{system(\"id\")}'",
    "sh -c",
    'sh -c "$x"',
    'sh -c \'sh -c "sh -c \\"sh -c id\\""\'',
  ])("cannot be said of: %s", (command) => {
    expect(told(command)).toStartWith("? ")
  })

  test("variables of the call count like those of the line", () => {
    expect(told("ls", { env: { LANG: "C" } })).toBe("ls")
    expect(told("ls", { env: { LESSOPEN: "|id" } })).toBe("? it sets LESSOPEN")
  })

  test("without a shell, words are words", () => {
    expect(told("", { argv: ["ls", "$(id)", ";", "id"] })).toBe("ls")
    expect(told("", { argv: ["sh", "-c", "ls; id"] })).toBe("ls id")
    expect(told("", { argv: ["cd", "/"] })).toStartWith("? ")
  })

  test("no NUL, and no novel, is looked at", () => {
    expect(told("ls\0")).toStartWith("? ")
    expect(told(`ls ${"x".repeat(20_000)}`)).toStartWith("? ")
  })
})

describe("the file behind a name", () => {
  test("the first folder of the PATH that has it counts, and an open entry ends the search", async () => {
    await using home = await temporaryHome()
    for (const folder of ["a", "b"]) {
      mkdirSync(join(home.path, folder))
      writeFileSync(join(home.path, folder, "tool"), "#!/bin/sh\n")
    }
    chmodSync(join(home.path, "b/tool"), 0o755)
    const at = (path: string) => locate("tool", { path, cwd: home.path })?.location
    const [a, b] = [join(home.path, "a"), join(home.path, "b")]
    expect(at(`${a}:${b}`)).toBe(join(b, "tool"))
    expect(at(`:${b}`)).toBeUndefined()
    expect(at(`.:${b}`)).toBeUndefined()
    expect(at(`relative:${b}`)).toBeUndefined()
    expect(locate("b/tool", { path: "", cwd: undefined })).toBeUndefined()
    expect(locate("a/../b/tool", { path: "", cwd: home.path })?.location).toBe(join(b, "tool"))
  })

  test("another file under the same path is another program", async () => {
    await using home = await temporaryHome()
    const file = join(home.path, "tool")
    copyFileSync("/bin/true", file)
    const found = locate(file, { path: "", cwd: "/" })!
    expect(isSame(found)).toBe(true)
    await Bun.$`rm ${file}`
    symlinkSync("/bin/false", file)
    expect(isSame(found)).toBe(false)
  })

  test("a wrapper that anyone could have put there is not unwrapped", async () => {
    await using home = await temporaryHome()
    for (const name of ["env", "sh", "nice"]) {
      copyFileSync("/bin/true", join(home.path, name))
      expect(told(`${join(home.path, name)} ls`)).toBe(`? ${name} is not the system's own`)
      expect(told(`./${name} -c ls`, { cwd: home.path })).toBe(`? ${name} is not the system's own`)
    }
    symlinkSync("/usr/bin/env", join(home.path, "harmless"))
    expect(told(`${home.path}/harmless ls`)).toBe("? harmless is not the system's own")
  })
})
