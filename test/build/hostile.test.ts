import { afterAll, beforeAll, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hostileMark, plantHostileFiles } from "../support/hostile-folder.ts"
import { finish } from "../support/release.ts"
import { root } from "../support/source-tree.ts"

const fased = join(root, "dist/fased")
const testCompiled = test.skipIf(!existsSync(fased) && Bun.env.CI !== "true")

let folder: string
const mark = () => join(folder, hostileMark)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fased-hostile-"))
  await plantHostileFiles(folder)
  await mkdir(join(folder, "home"))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) =>
  finish(["sh", "-c", 'cd "$0" && exec "$@"', folder, fased, ...args], {
    HOME: join(folder, "home"),
    PATH: "/usr/bin:/bin",
  })

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

testCompiled("commands run nothing of the folder they are started in", async () => {
  const version = await run("--version")
  expect(version).toMatchObject({ code: 0, stderr: "" })
  expect(version.stdout).toMatch(/^fased \d+\.\d+\.\d+/)

  const config = await run("config", "file")
  expect(config).toMatchObject({ code: 0, stderr: "" })
  expect(config.stdout).toBe(`${folder}/home/.fased/fased.json\n`)

  expect((await run("config", "validate")).stdout).not.toContain("EVIL")
  expect((await run("--help")).stdout).not.toContain("EVIL")
  expect(existsSync(mark())).toBe(false)
})

testCompiled("a gateway runs nothing of the folder it is started in", async () => {
  const port = await freePort()
  const gateway = Bun.spawn(
    [
      fased,
      "gateway",
      "run",
      "--port",
      `${port}`,
      "--token",
      "x".repeat(40),
      "--allow-unconfigured",
    ],
    {
      cwd: folder,
      env: { HOME: join(folder, "home"), PATH: "/usr/bin:/bin" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    },
  )
  const errors = new Response(gateway.stderr).text()
  let printed = ""
  for await (const chunk of gateway.stdout) {
    printed += Buffer.from(chunk).toString()
    if (printed.includes("gateway log file:")) break
  }
  const page = await fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.status)
  gateway.kill("SIGTERM")

  expect(await gateway.exited, await errors).toBe(0)
  expect(page).toBe(200)
  expect(printed).not.toContain("EVIL")
  expect(existsSync(mark())).toBe(false)
  expect(existsSync(join(folder, "taken"))).toBe(false)
  expect(existsSync(join(folder, "home/.fased"))).toBe(true)
})
