import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createSettings } from "../../src/config/create.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { systemClock } from "../../src/kernel/clock.ts"
import { sections } from "../../src/registry.ts"
import { applyPlan, type ApplyOptions } from "../../src/secrets/apply.ts"
import { auditSecrets } from "../../src/secrets/audit.ts"
import { createFetch } from "../../src/secrets/fetch.ts"
import { readPlan } from "../../src/secrets/plan.ts"
import { writeFileAtomic } from "../../src/store/files.ts"

export const token = "tok-0123456789abcdef0123456789"
export const key = "sk-k7Qz9Xw2-0123456789-openai"

/** One instance's files, and what looks after its secrets, without a process. */
export const instance = (files: Record<string, unknown>, env: Record<string, string> = {}) => {
  const home = mkdtempSync(join(tmpdir(), "fased-secrets-"))
  const state = join(home, ".fased")
  const path = (name: string) => join(state, name)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true, mode: 0o700 })
    const text = typeof content === "string" ? content : JSON.stringify(content, null, 2)
    writeFileSync(path(name), text, { mode: 0o600 })
  }
  const paths = resolvePaths({ HOME: home, ...env })
  const surroundings = { env, paths, clock: systemClock }
  const open = () =>
    createSettings({ paths, env, sections, fetchSecrets: createFetch(surroundings) })
  return {
    home,
    paths,
    env,
    path,
    open,
    read: (name: string) => readFileSync(path(name), "utf8"),
    has: (name: string) => existsSync(path(name)),
    async audit() {
      const settings = await open()
      return auditSecrets({ state: settings.current(), sections, surroundings })
    },
    async apply(plan: unknown, options: ApplyOptions = {}, write = writeFileAtomic) {
      const text = typeof plan === "string" ? plan : JSON.stringify(plan)
      const settings = await open()
      return applyPlan(readPlan(text, sections), { settings, sections, paths, write }, options)
    },
    /** Every file of the state folder whose text holds one of these. */
    holding: (...secrets: string[]) =>
      (readdirSync(state, { recursive: true }) as string[])
        .filter((name) => statSync(path(name)).isFile())
        .filter((name) =>
          secrets.some((secret) => readFileSync(path(name), "utf8").includes(secret)),
        )
        .toSorted(),
    [Symbol.dispose]: () => rmSync(home, { recursive: true, force: true }),
  }
}

/** A plan with these targets. */
export const plan = (targets: Record<string, unknown>[], more: Record<string, unknown> = {}) => ({
  version: 1,
  protocolVersion: 1,
  targets,
  ...more,
})

export const tokenTarget = {
  type: "gateway.auth.token",
  path: "gateway.auth.token",
  ref: { source: "file", id: "/gateway/token" },
}
export const keyTarget = {
  type: "models.providers.apiKey",
  path: "models.providers.openai.apiKey",
  providerId: "openai",
  ref: { source: "file", id: "/openai" },
}
