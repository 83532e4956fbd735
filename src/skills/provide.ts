import { agents } from "../agents/config.ts"
import { parsePath, valueAt } from "../config/path.ts"
import { Environment, Paths } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { Clock } from "../kernel/clock.ts"
import { SkillsPrompt } from "../kernel/prompt-part.ts"
import type { Services } from "../kernel/service.ts"
import { SkillPrograms } from "../approvals/exec-gate.ts"
import { SharedFolders } from "../tools/file-access.ts"
import { skills } from "./config.ts"
import { SkillEnvironment, variablesFor } from "./environment.ts"
import { Store } from "../store/database.ts"
import { createLibrary, listed, Skills } from "./library.ts"
import { skillsBlock } from "./prompt.ts"

/** Builds what knows of skills. Nothing is read before somebody asks. */
export const provideSkills = (services: Services) => {
  const settings = services.get(Settings)
  const env = services.get(Environment)
  const config = () => services.get(skills)
  const library = createLibrary({
    agents: () => services.get(agents),
    config,
    isSet: (path) => isSet(settings, path),
    paths: services.get(Paths),
    env,
    clock: services.get(Clock),
    mayWrite: () => services.has(Store),
  })
  services.provide(Skills, library)
  services.provide(SkillsPrompt, {
    async section({ agentId, tools, skills }) {
      if (tools && !tools.includes("read")) return undefined
      library.watch()
      const { usable, block } = await library.of(agentId)
      if (!skills) return block
      return skillsBlock(listed(usable.filter(({ manifest }) => skills.includes(manifest.name))))
    },
  })
  services.provide(SkillEnvironment, async (agentId) => {
    // Without an entry there is nothing to give, and nothing to look for.
    if (!Object.keys(config().entries).length) return {}
    return variablesFor((await library.of(agentId)).usable, config(), env)
  })
  services.provide(SkillPrograms, async (agentId) => {
    const { usable } = await library.of(agentId)
    return usable
      .filter(({ foreign }) => !foreign)
      .flatMap(({ manifest: { requires } }) => [...requires.bins, ...requires.anyBins])
  })
  services.provide(SharedFolders, (agentId) =>
    (library.known(agentId)?.usable ?? []).map(({ folder }) => folder),
  )
}

const isSet = (settings: Settings, path: string) => {
  const { values, composed } = settings.current()
  const steps = parsePath(path)
  try {
    return Boolean(valueAt(values, steps))
  } catch {
    // Secrets that are not fetched: that one is written is all there is to know.
    return Boolean(valueAt(composed, steps))
  }
}
