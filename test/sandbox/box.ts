import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { agents } from "../../src/agents/config.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { createSandboxes } from "../../src/sandbox/create.ts"
import { createDocker } from "../../src/sandbox/docker.ts"
import { silentLog } from "../support/silent-log.ts"
import { turnableClock } from "../support/turnable-clock.ts"
import { fakeDocker } from "./fake-docker.ts"

/** Sandboxes over a `docker` that is none, with a clock that is turned. */
export const box = (sandbox: object, list: object[] = []) => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), "fased-sandbox-")))
  const paths = resolvePaths({ HOME: home })
  mkdirSync(paths.workspace, { recursive: true })
  const docker = fakeDocker(home)
  const clock = turnableClock()
  const env = { PATH: `${docker.bin}:/usr/bin:/bin`, HOME: home, BOX_TOKEN: "sk-box" }
  const parse = (settings: object) =>
    agents.schema.parse({ defaults: { sandbox: { mode: "all", ...settings } }, list })
  let config = parse(sandbox)
  const sandboxes = createSandboxes({
    config: () => config,
    paths,
    docker: createDocker(env, clock),
    clock,
    log: silentLog,
  })
  return {
    home,
    paths,
    env,
    docker,
    clock,
    sandboxes,
    settings: (settings: object) => {
      config = parse(settings)
    },
    [Symbol.asyncDispose]: async () => {
      sandboxes.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export const main = { agentId: "main", sessionKey: "agent:main:main" }
