import { existsSync, lstatSync, readdirSync, realpathSync, rmSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import type { Paths } from "../config/paths.ts"
import { lockState } from "../store/lock.ts"
import { notAState } from "./faults.ts"

export interface Removal {
  paths: Pick<Paths, "home" | "state" | "config">
  /** The installed program, when this is one. */
  binary?: string
  /** Agents' folders. */
  workspaces: readonly string[]
  parts: { state?: boolean; workspace?: boolean; app?: boolean }
}

export interface RemovalPlan {
  going: readonly string[]
  staying: readonly string[]
}

/** What would be removed, and what of ours stays. Links are removed, never followed. */
export const planRemoval = ({ paths, binary, workspaces, parts }: Removal): RemovalPlan => {
  const { state, config } = paths
  requireState(paths, workspaces)
  const isInState = (path: string) => !/^(?:\.\.|$)/.test(relative(state, path))
  const ofAgents = new Set(workspaces.filter(isInState))
  const inState = existsSync(state)
    ? readdirSync(state)
        .sort()
        .map((name) => join(state, name))
    : []
  const stateParts = inState.filter((path) => !ofAgents.has(path))
  const outside = [config, `${config}.bak`].filter((path) => !isInState(path))
  const app = binary ? programParts(binary) : []
  const wanted = [
    { paths: [...stateParts, ...outside], goes: parts.state },
    { paths: [...ofAgents], goes: parts.workspace },
    { paths: app, goes: parts.app },
    // What an agent works in outside the state is the person's own, and nothing of ours to remove.
    { paths: workspaces.filter((path) => !isInState(path)), goes: false },
  ]
  const those = (goes: boolean) =>
    wanted
      .filter((part) => Boolean(part.goes) === goes)
      .flatMap((part) => part.paths.filter(isThere))
  const all = those(true)
  const isEmptied = parts.state && isThere(state) && inState.every((path) => all.includes(path))
  // Removing a link would leave what it leads to; then everything in there goes by name.
  const isWhole = isEmptied && !lstatSync(state).isSymbolicLink()
  const rest = isWhole ? all.filter((path) => !inState.includes(path)) : all
  return { going: isEmptied ? [...rest, state] : rest, staying: those(false) }
}

/** The program, what an update keeps beside it, and the link that leads to it. */
const programParts = (binary: string) => {
  const real = realpathSync(binary)
  return [...new Set([binary, real, `${real}.previous`, join(dirname(real), ".fased-update-lock")])]
}

const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** `FASED_STATE_DIR` may name any folder; only one that looks like ours is ever emptied. */
const requireState = ({ state, home, config }: Removal["paths"], workspaces: readonly string[]) => {
  if (!existsSync(state)) return
  const holds = (folder: string, path: string) => !relative(folder, path).startsWith("..")
  const ours = ["fased.db", "gateway.lock", "logs", basename(config)]
  const names = readdirSync(state).filter((name) => !workspaces.includes(join(state, name)))
  const looksOurs = names.length === 0 || ours.some((name) => names.includes(name))
  if (!looksOurs || holds(realpathSync(state), realpathSync(home))) throw notAState({ state })
}

/** Removes what `planRemoval` says. Refuses while a gateway has the state. */
export const remove = (removal: Removal): RemovalPlan => {
  const { state } = removal.paths
  const lock = existsSync(state) ? lockState(state) : undefined
  try {
    const plan = planRemoval(removal)
    for (const path of plan.going) rmSync(path, { recursive: true, force: true })
    return plan
  } finally {
    lock?.release()
  }
}
