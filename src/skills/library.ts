import { type AgentsConfig, findAgent, workspaceOf } from "../agents/config.ts"
import type { Env, Paths } from "../config/paths.ts"
import { watchFiles } from "../config/watch.ts"
import type { Clock } from "../kernel/clock.ts"
import { service } from "../kernel/service.ts"
import { placeBundled } from "./bundled.ts"
import type { SkillsConfig } from "./config.ts"
import { type Broken, discover, type Found } from "./discover.ts"
import { type Ground, judge, keyOf, programFinder, type Verdict } from "./gate.ts"
import { type Listed, promptCost, skillsBlock } from "./prompt.ts"
import { type Place, placesOf } from "./places.ts"

export interface Skill extends Found, Verdict {
  key: string
  /** False where the agent's own list leaves it out. */
  granted: boolean
}

/** The skills of one agent at one moment. */
export interface Snapshot {
  agentId: string
  workspace: string
  places: readonly Place[]
  skills: readonly Skill[]
  shadowed: readonly Found[]
  broken: readonly Broken[]
  /** Those that the agent may use here and now. */
  usable: readonly Skill[]
  /** The part of the prompt; undefined when there are none. */
  block: string | undefined
}

/** Knows every agent's skills. What it read once it keeps, until a folder or the config changes. */
export interface SkillLibrary {
  of(agentId?: string): Promise<Snapshot>
  /** What was read last, for those who cannot wait. */
  known(agentId: string): Snapshot | undefined
  /** The folders have changed: the next one to ask gets what is there then. */
  forget(): void
  /** From now on a changed folder is noticed. */
  watch(): void
  close(): void
}
export const Skills = service<SkillLibrary>("skill library")

export interface LibraryNeeds {
  agents: () => AgentsConfig
  config: () => SkillsConfig
  isSet: Ground["isSet"]
  paths: Paths
  env: Env
  clock: Clock
  platform?: string
  /** A gateway puts what comes with it in its place; whoever only looks does not. */
  mayWrite: () => boolean
}

/** Programs come and go without a sign; so often it is looked for them again. */
const freshMs = 60_000

export const createLibrary = (needs: LibraryNeeds): SkillLibrary => {
  const { agents, config, paths, clock } = needs
  let kept = new Map<string, { snapshot: Promise<Snapshot>; done?: Snapshot; at: number }>()
  let readOf: readonly unknown[] = []
  let watching: ReturnType<typeof watchFiles> | undefined
  let wanted = false

  const read = async (agentId: string): Promise<Snapshot> => {
    if (needs.mayWrite()) await placeBundled(paths)
    const workspace = workspaceOf(findAgent(agents(), agentId), agents(), paths)
    const places = placesOf(workspace, paths, config().load.extraDirs)
    return { agentId, workspace, places, ...judged(await discover(places), agentId, needs) }
  }

  /** A changed config is another reading of everything. */
  const current = () => {
    const now = [agents(), config()]
    if (now.some((value, at) => value !== readOf[at])) {
      kept = new Map()
      readOf = now
    }
    return kept
  }
  const forget = () => void (kept = new Map())

  const watched = () =>
    [...kept.values()].flatMap(({ done }) => [
      ...(done?.places ?? []).map(({ folder }) => folder),
      ...(done?.skills ?? []).map(({ file }) => file),
      ...(done?.broken ?? []).map(({ file }) => file),
    ])
  const follow = () => {
    if (!wanted || !config().load.watch) {
      watching?.stop()
      watching = undefined
      return
    }
    const debounceMs = () => config().load.watchDebounceMs
    if (watching) watching.renew()
    else watching = watchFiles({ files: watched, debounceMs, clock, changed: forget })
  }

  return {
    async of(asked) {
      const agentId = findAgent(agents(), asked).id
      const known = current().get(agentId)
      if (known && clock.now() - known.at < freshMs) return known.snapshot
      const entry = { snapshot: read(agentId), at: clock.now(), done: known?.done }
      kept.set(agentId, entry)
      try {
        entry.done = await entry.snapshot
        follow()
        return entry.done
      } catch (error) {
        kept.delete(agentId)
        throw error
      }
    },
    known: (agentId) => kept.get(agentId)?.done,
    forget,
    watch() {
      wanted = true
      if (!watching) follow()
    },
    close() {
      wanted = false
      watching?.stop()
      watching = undefined
    },
  }
}

const judged = (
  { found, shadowed, broken }: Awaited<ReturnType<typeof discover>>,
  agentId: string,
  { agents, config, isSet, env, platform = process.platform }: LibraryNeeds,
) => {
  const hasProgram = programFinder(env.PATH)
  const ground: Ground = { platform, env, isSet, hasProgram, config: config() }
  const granted = grantOf(agents(), agentId)
  const skills = found.map((skill) => ({
    ...skill,
    ...judge(skill, ground),
    key: keyOf(skill),
    granted: granted(skill),
  }))
  const usable = skills.filter((skill) => skill.eligible && skill.granted)
  return { skills, shadowed, broken, usable, block: skillsBlock(listed(usable)) }
}

/** The skills that models are told of. */
export const listed = (skills: readonly Skill[]): Listed[] =>
  skills
    .filter(({ manifest }) => !manifest.hidden)
    .map(({ manifest: { name, description }, file }) => ({ name, description, location: file }))

export const costOfAll = ({ usable }: Pick<Snapshot, "usable">) => promptCost(listed(usable))

/** Unset, an agent inherits the list of all agents; unset as well, every skill is its. */
const grantOf = ({ defaults, list }: AgentsConfig, agentId: string) => {
  const names = list.find(({ id }) => id === agentId)?.skills ?? defaults.skills
  return (skill: Found) =>
    names === undefined || names.includes(skill.manifest.name) || names.includes(keyOf(skill))
}
