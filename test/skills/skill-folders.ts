import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { agents } from "../../src/agents/config.ts"
import { resolvePaths } from "../../src/config/paths.ts"
import { skills as section } from "../../src/skills/config.ts"
import { createLibrary } from "../../src/skills/library.ts"
import { turnableClock } from "../support/turnable-clock.ts"

/** A home in a temporary folder with skills in it, and the library that reads them. */
export const skillHome = ({
  config = {},
  agentConfig = {},
  env = {},
  platform = "linux",
  set = [] as string[],
}: {
  config?: object
  agentConfig?: object
  env?: Record<string, string>
  platform?: string
  set?: string[]
} = {}) => {
  const home = mkdtempSync(join(tmpdir(), "fased-skills-"))
  const paths = resolvePaths({ HOME: home })
  const clock = turnableClock()
  let current = section.schema.parse(config)
  let currentAgents = agents.schema.parse(agentConfig)
  const library = createLibrary({
    agents: () => currentAgents,
    config: () => current,
    isSet: (path) => set.includes(path),
    paths,
    env: { PATH: join(home, "bin"), ...env },
    clock,
    platform,
    mayWrite: () => true,
  })
  const write = (file: string, text: string | Uint8Array, mode = 0o644) => {
    mkdirSync(dirname(join(home, file)), { recursive: true })
    writeFileSync(join(home, file), text, { mode })
  }
  return {
    home,
    paths,
    clock,
    library,
    write,
    /** Writes a skill with these lines in its head. */
    skill: (place: string, name: string, ...lines: string[]) =>
      write(
        join(place, name, "SKILL.md"),
        ["---", `name: ${name}`, `description: Does ${name}.`, ...lines, "---", "Do it."].join(
          "\n",
        ),
      ),
    program: (name: string) => write(join("bin", name), "#!/bin/sh\n", 0o755),
    configure: (next: object) => (current = section.schema.parse(next)),
    grant: (next: object) => (currentAgents = agents.schema.parse(next)),
    /** Names of usable skills besides those that come with fased. */
    usable: async (agentId?: string) =>
      (await library.of(agentId)).usable
        .filter(({ source }) => source !== "bundled")
        .map(({ manifest }) => manifest.name),
    [Symbol.dispose]() {
      library.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export const workspaceSkills = ".fased/workspace/skills"
export const managedSkills = ".fased/skills"
