/** A plan that is cut short at any of its writes leaves a config that works, and is finished by running it again. */
import { expect, test } from "bun:test"
import { join } from "node:path"
import { instance, key, keyTarget, plan, token, tokenTarget } from "./instance.ts"

const main = join(import.meta.dir, "apply-main.ts")
const config = { gateway: { auth: { token } }, models: { $include: "./models.json5" } }
const part = { providers: { openai: { apiKey: key } } }
const files = {
  "fased.json": config,
  "models.json5": part,
  "secrets.json": { gateway: { token }, openai: key },
  ".env": `COPY=${key}\nKEEP=1\n`,
  "auth.json": { openai: { type: "api_key", key } },
  "config-backups/fased.2026-01-01T00-00-00.000Z.json": { gateway: { auth: { token } } },
  "plan.json": plan([tokenTarget, keyTarget]),
}

test("kill -9 before each of its writes", async () => {
  let killed = 0
  for (let survives = 0; ; survives++) {
    using home = instance(files)
    const child = Bun.spawn([process.execPath, main, home.path("plan.json"), `${survives}`], {
      env: { PATH: process.env.PATH ?? "", HOME: home.home },
      stderr: "inherit",
    })
    const code = await child.exited
    if (code !== 0) expect(child.signalCode).toBe("SIGKILL")

    const settings = await home.open()
    await settings.activate()
    expect(settings.current().values?.gateway).toMatchObject({ auth: { token } })
    expect(settings.current().values?.models).toMatchObject({
      providers: { openai: { apiKey: key } },
    })
    await home.apply(home.read("plan.json"))
    expect(home.holding(token, key)).toEqual(["secrets.json"])
    expect(await home.audit()).toMatchObject({ findings: [] })
    expect(home.read(".env")).toBe("KEEP=1\n")
    if (code === 0) break
    killed++
  }
  expect(killed).toBeGreaterThanOrEqual(6)
}, 60_000)
