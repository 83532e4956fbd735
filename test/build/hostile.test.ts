import { afterAll, beforeAll, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { finish } from "../support/release.ts"
import { root } from "../support/source-tree.ts"

const fased = join(root, "dist/fased")
const testCompiled = test.skipIf(!existsSync(fased) && Bun.env.CI !== "true")

/** A folder somebody else filled: everything in it that a runtime might pick up leaves a mark. */
let folder: string
const mark = () => join(folder, "ran")

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fased-hostile-"))
  const evil = `require("node:fs").appendFileSync(${JSON.stringify(mark())}, "x"); console.log("EVIL")\n`
  const files = {
    "evil.cjs": evil,
    "bunfig.toml": 'preload = ["./evil.cjs"]\n[run]\npreload = ["./evil.cjs"]\n',
    ".env": `FASED_STATE_DIR=${folder}/taken\nFASED_CONFIG_PATH=${folder}/taken.json\nNODE_OPTIONS=--require=./evil.cjs\n`,
    ".env.production": `FASED_STATE_DIR=${folder}/taken\n`,
    "package.json": JSON.stringify({
      name: "fased",
      main: "evil.cjs",
      imports: { "#*": "./evil.cjs" },
      scripts: { start: "node evil.cjs" },
      dependencies: { zod: "1.0.0" },
    }),
    "tsconfig.json": JSON.stringify({
      compilerOptions: { baseUrl: ".", paths: { "*": ["./evil.cjs"] }, jsxImportSource: "zod" },
    }),
    "index.ts": evil,
    "src/main.ts": evil,
  }
  const packages = ["zod", "hono", "citty", "consola", "yaml", "json5", "preact", "@ai-sdk/openai"]
  for (const name of packages) {
    await Bun.write(join(folder, "node_modules", name, "index.js"), evil)
    await Bun.write(join(folder, "node_modules", name, "package.json"), '{"main":"index.js"}')
  }
  for (const [name, text] of Object.entries(files)) await Bun.write(join(folder, name), text)
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
