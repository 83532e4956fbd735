import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { writePages } from "../../build/compile.ts"
import { pagesFolder } from "../../src/gateway/ui-bundle.ts"
import { launchBrowser, noBrowser, openPage } from "../support/browser.ts"

const flags = [
  "--compile",
  "--production",
  "--splitting",
  "--bytecode",
  "--format=esm",
  "--no-compile-autoload-bunfig",
  "--no-compile-autoload-dotenv",
]

let folder: string
let program: Bun.Subprocess<"ignore", "pipe", "inherit">
let dashboardUrl: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fased-ui-"))
  const entry = join(import.meta.dir, "../support/ui-gateway-main.ts")
  const pages = join(folder, pagesFolder)
  await writePages(pages)
  const out = join(folder, "served")
  const build = [process.execPath, "build", ...flags, `--asset=${pages}`, entry, "--outfile", out]
  const { exitCode, stderr } = Bun.spawnSync(build, { cwd: join(import.meta.dir, "../..") })
  if (exitCode !== 0) throw new Error(stderr.toString())
  program = Bun.spawn([out], { cwd: folder, stdout: "pipe", stdin: "ignore" })
  for await (const chunk of program.stdout) {
    dashboardUrl = new TextDecoder().decode(chunk).trim()
    break
  }
}, 60_000)

afterAll(async () => {
  program?.kill()
  await program?.exited
  await rm(folder, { recursive: true, force: true })
})

test("a compiled binary serves every file the page asks for, from nowhere near the source", async () => {
  const asked = ["/"]
  for (const path of asked) {
    const response = await fetch(new URL(path, dashboardUrl))
    expect([path, response.status]).toEqual([path, 200])
    const references = (await response.text()).matchAll(/"(\/[\w-]+\.(?:js|css|svg))"/g)
    for (const [, next] of references) if (!asked.includes(next!)) asked.push(next!)
  }
  expect(asked.length).toBeGreaterThanOrEqual(4)
})

test("a compiled binary has the sign-in page too, and every file it asks for", async () => {
  const page = await (await fetch(dashboardUrl, { headers: { host: "fased.example" } })).text()
  expect(page).toContain("<title>Sign in")
  const references = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!)
  expect(references).toHaveLength(4)
  for (const path of references)
    expect((await fetch(new URL(path, dashboardUrl))).status, path).toBe(200)
})

const why = noBrowser ? ` (skipped: ${noBrowser})` : ""
test.skipIf(noBrowser !== undefined)(
  `the compiled page connects and renders without a complaint${why}`,
  async () => {
    const browser = await launchBrowser()
    try {
      const { page, complaints } = await openPage(browser)
      await page.goto(dashboardUrl)
      await page.getByText("Connected").waitFor()
      await page.getByText("Is everything ok?").waitFor()
      await page.waitForLoadState("networkidle")
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  },
  20_000,
)
