import { homedir } from "node:os"
import { join, resolve } from "node:path"
import { fault } from "../kernel/fault.ts"
import { service } from "../kernel/service.ts"

export type Env = Readonly<Record<string, string | undefined>>
/** The process environment, read once at the edge. */
export const Environment = service<Env>("environment")

/** Where one instance lives. Everything in `state` is private: folders 0700, files 0600. */
export interface Paths {
  /** Profile name, or undefined for the default instance. */
  profile?: string
  home: string
  state: string
  config: string
  logs: string
  /** The default agent's workspace, unless the config names another. */
  workspace: string
  database: string
  /** Port when nothing else names one: 18789, or 19001 for the `dev` profile. */
  defaultPort: number
}
export const Paths = service<Paths>("paths")

export const badProfile = fault<{ name: string }>("config.bad-profile", {
  status: 400,
  message: ({ name }) => `"${name}" cannot be a profile name.`,
  hint: () => "Use letters, digits, - and _, at most 40, starting with a letter or digit.",
})

export const expandTilde = (path: string, home: string) =>
  path === "~" ? home : path.startsWith("~/") ? join(home, path.slice(2)) : path

/** Resolves an instance's paths from flags and environment (contract 01 §4, §7, §8). */
export const resolvePaths = (env: Env, flags: { profile?: string; dev?: boolean } = {}): Paths => {
  const userHome = env.HOME || env.USERPROFILE || homedir()
  const home = env.FASED_HOME ? resolve(expandTilde(env.FASED_HOME, userHome)) : userHome
  const profile = (flags.dev ? "dev" : flags.profile) || env.FASED_PROFILE || undefined
  if (profile && !/^[a-z0-9][a-z0-9_-]{0,39}$/i.test(profile)) throw badProfile({ name: profile })
  const selected = flags.dev || flags.profile !== undefined
  const fallback = join(home, profile ? `.fased-${profile}` : ".fased")
  // A profile named on the command line wins over paths inherited from another instance's shell.
  const state =
    !selected && env.FASED_STATE_DIR ? resolve(expandTilde(env.FASED_STATE_DIR, home)) : fallback
  const config =
    !selected && env.FASED_CONFIG_PATH
      ? resolve(expandTilde(env.FASED_CONFIG_PATH, home))
      : join(state, "fased.json")
  return {
    profile,
    home,
    state,
    config,
    logs: join(state, "logs"),
    workspace: join(state, profile ? `workspace-${profile}` : "workspace"),
    database: join(state, "fased.db"),
    defaultPort: profile === "dev" ? 19001 : 18789,
  }
}
