import { afterAll, beforeAll, expect, test } from "bun:test"
import { copyFile, mkdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { freePort } from "../support/binary.ts"
import { emptyHome, finish, serveFiles } from "../support/release.ts"
import { newReleaseKey, signedRelease, under } from "../support/signed-release.ts"
import { compileVersions } from "../support/versions.ts"

const key = newReleaseKey()
let versions: Awaited<ReturnType<typeof compileVersions>>
let release: ReturnType<typeof serveFiles>

beforeAll(async () => {
  versions = await compileVersions(["1.0.0", "1.1.0"], key.trusted)
  const files = await signedRelease(await readFile(versions.path("1.1.0")), {
    version: "1.1.0",
    keys: [key.privateKey],
  })
  const older = await signedRelease(await readFile(versions.path("1.0.0")), {
    version: "1.0.0",
    keys: [key.privateKey],
  })
  release = serveFiles(new Map([...under("stable", files), ...under("1.0.0", older)]))
}, 60_000)
afterAll(async () => {
  await release?.[Symbol.asyncDispose]()
  await versions?.[Symbol.asyncDispose]()
})

/** Version 1.0.0 in a home of its own, told where releases are. */
const installedHome = async () => {
  const place = await emptyHome()
  await mkdir(join(place.home, ".local/bin"), { recursive: true })
  await copyFile(versions.path("1.0.0"), place.fased)
  const env = { ...place.env, FASED_UPDATE_URL: release.url }
  return { ...place, run: (...args: string[]) => finish([place.fased, ...args], env), env }
}

test("the compiled program updates itself, and knows when there is nothing to do", async () => {
  await using place = await installedHome()
  const dry = await place.run("update", "--dry-run")
  expect(dry).toMatchObject({ code: 0, stderr: "" })
  expect(dry.stdout).toContain("1.0.0 → 1.1.0")
  expect((await place.run("--version")).stdout).toBe("fased 1.0.0\n")

  const updated = await place.run("update")
  expect(updated.stdout).toBe(`Updated ${place.fased}: 1.0.0 → 1.1.0\n`)
  expect(updated.code).toBe(0)
  expect((await place.run("--version")).stdout).toBe("fased 1.1.0\n")

  expect(await place.run("update")).toEqual({
    code: 0,
    stdout: "Already current: 1.1.0\n",
    stderr: "",
  })
  const status = JSON.parse((await place.run("update", "status", "--json")).stdout)
  expect(status).toMatchObject({
    version: "1.1.0",
    channel: "stable",
    source: release.url,
    offered: { version: "1.1.0", is: "current" },
    last: { from: "1.0.0", to: "1.1.0", outcome: "done" },
  })

  const back = ["update", "--version", "v1.0.0"]
  expect((await place.run(...back)).stderr).toContain("1.0.0 is older than 1.1.0")
  expect((await place.run(...back, "--allow-downgrade")).code).toBe(2)
  expect((await place.run(...back, "--allow-downgrade", "--yes")).code).toBe(0)
  expect((await place.run("--version")).stdout).toBe("fased 1.0.0\n")
}, 60_000)

test("a gateway in a terminal goes on, and the person reads what to do", async () => {
  await using place = await installedHome()
  const port = await freePort()
  const gateway = Bun.spawn([place.fased, "start"], {
    env: { ...place.env, FASED_GATEWAY_PORT: `${port}` },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  })
  let said = ""
  for await (const piece of gateway.stdout.pipeThrough(new TextDecoderStream())) {
    said += piece
    if (said.includes("Ctrl-C stops it.")) break
  }
  const updated = await place.run("update", "--no-restart")
  expect(updated.stdout).toContain("The gateway still runs 1.0.0. Restart it:")
  expect((await place.run("health")).stdout).toContain("Gateway: online")
  expect((await place.run("update")).stdout).toContain("The gateway still runs 1.0.0.")
  gateway.kill("SIGTERM")
  await gateway.exited
  await rm(`${place.fased}.previous`)
}, 60_000)
