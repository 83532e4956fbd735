import { expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { chmod, mkdir, stat, symlink } from "node:fs/promises"
import { join } from "node:path"
import {
  type Bytes,
  emptyHome,
  fakeBinary,
  finish,
  releaseFiles,
  serveFiles,
} from "../support/release.ts"
import { newReleaseKey, signedRelease } from "../support/signed-release.ts"
import { root } from "../support/source-tree.ts"

const script = join(root, "install.sh")
const compiled = join(root, "dist/fased")

const install = (env: Record<string, string>, ...flags: string[]) =>
  finish(["sh", script, ...flags], env)

test("piped from curl into an empty home, it leaves one working executable", async () => {
  await using release = serveFiles(await releaseFiles(fakeBinary("1.2.3")))
  await using place = await emptyHome()

  const piped = `curl -fsSL ${release.url}/install.sh | sh -s -- --base-url ${release.url}`
  const { code, stdout, stderr } = await finish(["sh", "-c", piped], place.env)

  expect(stderr).toBe("")
  expect(code).toBe(0)
  expect(stdout).toContain(`Installed fased 1.2.3 in ${place.fased}`)
  expect(stdout).toContain(`export PATH="${place.home}/.local/bin:$PATH"`)
  expect(await place.contents()).toEqual([
    "home/.local",
    "home/.local/bin",
    "home/.local/bin/fased",
  ])
  expect((await stat(place.fased)).mode & 0o777).toBe(0o755)
  expect((await finish([place.fased, "--version"], {})).stdout).toBe("fased 1.2.3\n")
})

test.skipIf(!existsSync(compiled) && Bun.env.CI !== "true")(
  "the compiled fased installs and runs (needs dist/fased)",
  async () => {
    const binary = await Bun.file(compiled).bytes()
    await using release = serveFiles(await releaseFiles(binary))
    await using place = await emptyHome()

    const { code, stderr } = await install(place.env, "--base-url", release.url)

    expect(stderr).toBe("")
    expect(code).toBe(0)
    const answer = await finish([place.fased, "--version"], { HOME: place.home })
    expect(answer).toMatchObject({ code: 0, stderr: "" })
    expect(answer.stdout).toMatch(/^fased \d+\.\d+\.\d+/)
  },
)

test("running it again upgrades and keeps what belongs to the person", async () => {
  const files = await releaseFiles(fakeBinary("1.0.0"))
  await using release = serveFiles(files)
  await using place = await emptyHome()
  await install(place.env, "--base-url", release.url)
  await Bun.write(join(place.home, ".fased/fased.json"), "{ /* mine */ }")

  for (const [name, bytes] of await releaseFiles(fakeBinary("2.0.0"))) files.set(name, bytes)
  const { code, stdout } = await install(place.env, "--base-url", `${release.url}/`)

  expect(code).toBe(0)
  expect(stdout).toContain(`Upgraded ${place.fased} from fased 1.0.0 to fased 2.0.0`)
  expect((await finish([place.fased], {})).stdout).toBe("fased 2.0.0\n")
  expect(await Bun.file(join(place.home, ".fased/fased.json")).text()).toBe("{ /* mine */ }")
})

test("a release that cannot be trusted or does not work changes nothing", async () => {
  const good = await releaseFiles(fakeBinary("1.0.0"))
  const other = await releaseFiles(fakeBinary("6.6.6"))
  const broken = await releaseFiles(Buffer.from("#!/bin/sh\nexit 1\n"))
  const mute = await releaseFiles(Buffer.from("#!/bin/sh\nexit 0\n"))
  const sums = Buffer.from(good.get("SHA256SUMS")!).toString()
  const cases: [string, Map<string, Bytes>, RegExp][] = [
    ["changed on its way", new Map([...other, ["SHA256SUMS", Buffer.from(sums)]]), /checksum of/],
    ["not listed", new Map([...good, ["SHA256SUMS", Buffer.from("")]]), /does not list/],
    [
      "a cut-off sum",
      new Map([...good, ["SHA256SUMS", Buffer.from(sums.replace(/^[0-9a-f]{40}/gm, ""))]]),
      /does not list/,
    ],
    ["no checksums", new Map([["install.sh", good.get("install.sh")!]]), /Could not download/],
    ["does not start", broken, /does not start on this machine/],
    ["says nothing", mute, /does not start on this machine/],
  ]
  for (const [name, files, reason] of cases) {
    await using release = serveFiles(files)
    await using place = await emptyHome()

    const fresh = await install(place.env, "--base-url", release.url)
    expect(fresh.code, name).toBe(1)
    expect(fresh.stderr, name).toMatch(reason)
    expect(await place.contents(), name).toEqual([])

    await Bun.write(place.fased, fakeBinary("0.9.0"))
    await chmod(place.fased, 0o755)
    expect((await install(place.env, "--base-url", release.url)).code, name).toBe(1)
    expect((await finish([place.fased], {})).stdout, name).toBe("fased 0.9.0\n")
    expect((await place.contents()).length, name).toBe(3)
  }
})

test("a script that was cut short on its way does nothing", async () => {
  await using release = serveFiles(await releaseFiles(fakeBinary("1.0.0")))
  await using place = await emptyHome()
  const whole = await Bun.file(script).text()
  const env = { ...place.env, FASED_BASE_URL: release.url }

  const lengths = Array.from({ length: 24 }, (_, part) => Math.floor((whole.length * part) / 24))
  for (let cut = 1; cut <= 24; cut++) lengths.push(whole.trimEnd().length - cut)
  await Promise.all(
    lengths.map(async (length) => {
      const { stdout } = await finish(["sh"], env, whole.slice(0, length))
      expect(stdout, `cut to ${length}`).toBe("")
    }),
  )

  expect(release.asked).toEqual([])
  expect(await place.contents()).toEqual([])
})

test("Ctrl-C in the middle of a download leaves nothing behind", async () => {
  const files = await releaseFiles(fakeBinary("1.0.0"))
  const reached = Promise.withResolvers<void>()
  await using place = await emptyHome()
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    fetch(request) {
      const name = new URL(request.url).pathname.slice(1)
      if (!name.endsWith(".gz")) return new Response(files.get(name))
      const stalled = new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(1024))
          reached.resolve()
        },
      })
      return new Response(stalled)
    },
  })

  const child = Bun.spawn(["sh", script, "--base-url", `http://127.0.0.1:${server.port}`], {
    env: place.env,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "ignore",
    detached: true,
  })
  await reached.promise
  process.kill(-child.pid, "SIGINT") // as a terminal does: to everything in the foreground
  await child.exited

  expect(await place.contents()).toEqual([])
})

test("it installs from the release folder it sits in, and where it is told to", async () => {
  await using place = await emptyHome()
  const folder = join(place.home, "my release")
  for (const [name, bytes] of await releaseFiles(fakeBinary("3.0.0")))
    await Bun.write(join(folder, name), bytes)
  const target = join(place.home, "my programs")

  const { code, stdout } = await finish(["sh", join(folder, "install.sh")], {
    ...place.env,
    PATH: `${target}:${place.env.PATH}`,
    FASED_CLI_BIN_DIR: target,
  })

  expect(code).toBe(0)
  expect(stdout).toContain(`Installed fased 3.0.0 in ${target}/fased`)
  expect(stdout).not.toContain("PATH")
})

test("each machine gets its own asset", async () => {
  const cases: [uname: string, ldd: string, asset: RegExp | null][] = [
    ["Linux x86_64", "glibc", /^fased-linux-x64(-baseline)?\.gz$/],
    ["Linux x86_64", "musl libc (x86_64)", /^fased-linux-x64-musl\.gz$/],
    ["Linux aarch64", "glibc", /^fased-linux-arm64\.gz$/],
    ["Linux aarch64", "musl libc (aarch64)", /^fased-linux-arm64-musl\.gz$/],
    ["Darwin arm64", "", /^fased-darwin-arm64\.gz$/],
    ["Darwin x86_64", "", /^fased-darwin-x64\.gz$/],
    ["Linux armv7l", "glibc", null],
    ["FreeBSD amd64", "", null],
  ]
  await using place = await emptyHome()
  const files = await releaseFiles(fakeBinary("1.0.0"))
  for (const [uname, ldd, asset] of cases) {
    await using release = serveFiles(files)
    const [system, machine] = uname.split(" ")
    await standIn(
      place.home,
      "uname",
      `case $1 in -m) echo ${machine} ;; *) echo ${system} ;; esac`,
    )
    await standIn(place.home, "ldd", `echo '${ldd}'`)
    const env = { ...place.env, PATH: `${place.home}/tools:${place.env.PATH}` }

    const { code, stderr } = await install(env, "--base-url", release.url)

    expect(code, `${uname} ${stderr}`).toBe(asset ? 0 : 1)
    if (asset) expect(release.asked.at(-1)).toMatch(asset)
    else expect(stderr).toContain("There is no fased for")
  }
})

test.skipIf(!Bun.which("wget") && Bun.env.CI !== "true")(
  "wget does where there is no curl",
  async () => {
    await using release = serveFiles(await releaseFiles(fakeBinary("1.0.0")))
    await using place = await emptyHome()
    const tools = join(place.home, "tools")
    await mkdir(tools)
    const names =
      "sh awk cat chmod cp cut dirname env getconf grep gzip ldd mkdir mktemp mv rm rmdir sha256sum uname wget"
    for (const name of names.split(" ")) {
      const path = Bun.which(name, { PATH: place.env.PATH })
      if (path) await symlink(path, join(tools, name))
    }

    const { code, stderr } = await install({ ...place.env, PATH: tools }, "--base-url", release.url)

    expect(stderr).toBe("")
    expect(code).toBe(0)
  },
)

const opensslSigns =
  Bun.which("openssl") !== null &&
  Bun.spawnSync(["openssl", "pkeyutl", "-help"], { stderr: "pipe" }).stderr.includes("rawin")

test.skipIf(!opensslSigns && Bun.env.CI !== "true")(
  "a signed release is checked by its signature too (needs OpenSSL 3)",
  async () => {
    const key = newReleaseKey()
    const next = newReleaseKey()
    const signed = (program: Bytes, ...keys: (typeof key)[]) =>
      signedRelease(program, { version: "1.0.0", keys: keys.map(({ privateKey }) => privateKey) })
    const good = await signed(fakeBinary("1.0.0"), key)
    const other = await signed(fakeBinary("6.6.6"), next)
    const installer = good.get("install.sh")!
    const manifest = Buffer.from(good.get("release.json")!).toString()
    const changed = Buffer.from(manifest.replace('"1.0.0"', '"1.0.1"'))
    const cases: [string, Map<string, Bytes>, RegExp | null][] = [
      ["as signed", good, null],
      ["by a key before and one to come", await signed(fakeBinary("1.0.0"), key, next), null],
      ["by another key", new Map([...other, ["install.sh", installer]]), /No key this installer/],
      ["changed", new Map([...good, ["release.json", changed]]), /No key this installer/],
      ["not signed", new Map([...good, ["release.json.sig", Buffer.from("")]]), /No key this/],
      [
        "all but the manifest of another release",
        new Map([
          ...other,
          ...["install.sh", "release.json", "release.json.sig"].map((name): [string, Bytes] => [
            name,
            good.get(name)!,
          ]),
        ]),
        /names other files than the signed release/,
      ],
    ]
    for (const [name, files, reason] of cases) {
      await using release = serveFiles(new Map([...files].map(([k, v]) => [`stable/${k}`, v])))
      await using place = await emptyHome()
      await Bun.write(join(place.home, "install.sh"), files.get("install.sh")!)
      const url = `${release.url}/stable`

      const { code, stdout, stderr } = await finish(
        ["sh", join(place.home, "install.sh"), "--base-url", url],
        place.env,
      )

      expect(code, `${name}: ${stderr}`).toBe(reason ? 1 : 0)
      if (reason) expect(stderr, name).toMatch(reason)
      else expect(stdout).toContain(`fased config set update.baseUrl ${release.url}\n`)
      expect(existsSync(place.fased), name).toBe(!reason)
    }
  },
)

test("where signatures cannot be checked it says so, and checks the sums", async () => {
  const files = await signedRelease(fakeBinary("1.0.0"), {
    version: "1.0.0",
    keys: [newReleaseKey().privateKey],
  })
  await using release = serveFiles(files)
  await using place = await emptyHome()
  await Bun.write(join(place.home, "install.sh"), files.get("install.sh")!)
  await standIn(place.home, "openssl", "echo no such option >&2; exit 1")
  const env = { ...place.env, PATH: `${place.home}/tools:${place.env.PATH}` }
  const run = () => finish(["sh", join(place.home, "install.sh"), "--base-url", release.url], env)

  expect((await run()).stdout).toContain("the signature was not checked")
  expect(existsSync(place.fased)).toBe(true)
  for (const name of files.keys())
    if (name.endsWith(".gz")) files.set(name, Bun.gzipSync(fakeBinary("6.6.6")))
  expect((await run()).stderr).toContain("The checksum of")
})

for (const [name, ...words] of [["dash"], ["bash"], ["busybox", "sh"], ["mksh"]]) {
  const shell = Bun.which(name!)
  test.skipIf(!shell)(`it runs under ${[name, ...words].join(" ")}`, async () => {
    await using release = serveFiles(await releaseFiles(fakeBinary("1.0.0")))
    await using place = await emptyHome()
    const command = [shell!, ...words, script, "--base-url", release.url]
    const { code, stderr } = await finish(command, place.env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    expect((await finish([place.fased], {})).stdout).toBe("fased 1.0.0\n")
  })
}

test("what it cannot do it says, with the next step", async () => {
  await using place = await emptyHome()
  const piped = (...flags: string[]) => finish(["sh", "-s", "--", ...flags], place.env, source)
  const source = await Bun.file(script).text()

  expect((await piped()).stderr).toContain("--base-url <url>")
  expect((await piped("--base-url")).stderr).toContain("--base-url needs a value")
  expect((await piped("--base-url", "http://example.com")).stderr).toContain("https://")
  expect((await piped("--nonsense")).stderr).toContain("Unknown option --nonsense")
  expect((await piped("--base-url", "http://127.0.0.1:1")).stderr).toContain("Could not download")
  expect((await piped("--help")).stdout).toContain("Usage:")
  expect(await place.contents()).toEqual([])
})

/** Puts a small script on the PATH that answers instead of the machine's own command. */
const standIn = async (home: string, name: string, body: string) => {
  const path = join(home, "tools", name)
  await Bun.write(path, `#!/bin/sh\n${body}\n`)
  await chmod(path, 0o755)
}
