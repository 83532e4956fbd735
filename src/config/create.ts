import type { z } from "zod"
import { type Clock, systemClock } from "../kernel/clock.ts"
import type { Section, SectionShape } from "../kernel/section.ts"
import { createChanges } from "./change.ts"
import type { Env, Paths } from "./paths.ts"
import { createLiveEnv } from "./environment.ts"
import { configInvalid } from "./faults.ts"
import { fingerprint } from "./fingerprint.ts"
import { readConfig, withSecrets } from "./load.ts"
import { createAskShell } from "./login-shell.ts"
import { parsePath } from "./path.ts"
import type { ConfigState, FetchSecrets, GuardChange, Settings } from "./settings.ts"

/** Opens the config file of this instance. A bad one is no error here: `current().issues` tells. */
export const createSettings = async ({
  paths,
  env,
  sections,
  fetchSecrets,
  guard,
  clock = systemClock,
}: {
  paths: Pick<Paths, "config" | "state">
  env: Env
  sections: readonly Section[]
  fetchSecrets: FetchSecrets
  guard?: GuardChange
  /** Default: the system's. */
  clock?: Clock
}): Promise<Settings> => {
  const askShell = createAskShell(env, clock)
  const options = { path: paths.config, sections, env, askShell }
  const live = createLiveEnv()
  let latest = await readConfig(options)
  let print = fingerprint(latest.files)
  let inForce = latest
  let held = false

  const enforce = (state: ConfigState) => {
    inForce = state
    live.follow(state.env)
    return state
  }
  enforce(latest)

  const note = (state: ConfigState) => {
    latest = state
    if (!held && (state.values || !inForce.values)) enforce(state)
    return state
  }

  const read = async () => {
    const now = fingerprint(latest.files)
    if (now === print) return latest
    const state = await readConfig(options)
    print = fingerprint(state.files)
    return note(state)
  }

  const activated = async (state: ConfigState, wanted = sections) => {
    const ids = new Set(wanted.map(({ id }) => id))
    const refs = state.refs.filter(({ path }) => ids.has(String(parsePath(path)[0])))
    if (!refs.length || !state.values) return state
    const secrets = await fetchSecrets(refs, state.values.secrets, state.env)
    const active = withSecrets(state, secrets, sections)
    if (!active.values) throw configInvalid(active)
    return active
  }

  const changes = createChanges({
    ...options,
    state: paths.state,
    clock,
    note,
    guard: (next) => guard?.(next, inForce),
  })

  return {
    env: live.env,
    current: () => inForce,
    read,
    section<S extends SectionShape>(section: Section<S>): z.infer<S> {
      if (!inForce.values) throw configInvalid(inForce)
      return inForce.values[section.id] as z.infer<S>
    },
    async activate(wanted) {
      enforce(await activated(inForce, wanted))
    },
    async adopt(state) {
      if (!state.values) throw configInvalid(state)
      return enforce(await activated(state))
    },
    hold: () => void (held = true),
    ...changes,
  }
}
