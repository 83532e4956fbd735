import { dirname, isAbsolute, join, relative, resolve } from "node:path"
import type { Env, Paths } from "../config/paths.ts"
import type { Sandbox, Sandboxes } from "../sandbox/service.ts"
import type { ExecConfig } from "../tools/exec-settings.ts"
import { bindingOf } from "./bound.ts"
import { cleanEnvironment } from "./environment.ts"
import type { JobStart } from "./jobs.ts"
import { folderOf, isWithin } from "./place.ts"
import type { Shell } from "./shell.ts"

interface Line {
  command: string
  workdir?: string
  background: boolean
  pty: boolean
}
interface Ground {
  agentId: string
  sessionKey: string
  workspace: string
  paths: Paths
  env: Env
  shell: Shell
  sandboxes: Sandboxes
  settings(agentId: string): ExecConfig
}

export type Where = Pick<JobStart, "words" | "wordsFor" | "cwd" | "env" | "place" | "elsewhere"> & {
  /** True while what would run is what it was when this was made. */
  unchanged(): boolean
}

/** A command on the gateway's own machine. */
export const onGateway = async (
  { command, workdir, pty }: Line,
  extra: Readonly<Record<string, string>>,
  { workspace, paths, env, shell, settings, agentId }: Ground,
): Promise<Where> => {
  const cwd = folderOf(workdir, { workspace, own: ownFolders(paths) })
  const path = await shell.path(settings(agentId).pathPrepend)
  const what = { command, cwd, path, shell: shell.program }
  const before = bindingOf(what)
  return {
    words: [shell.program, "-c", command],
    cwd,
    place: cwd,
    env: {
      ...cleanEnvironment(env),
      ...(pty ? { TERM: "xterm-256color" } : { TERM: "dumb", PAGER: "cat", GIT_PAGER: "cat" }),
      ...extra,
      PATH: path,
      PWD: cwd,
    },
    unchanged: () => bindingOf(what) === before,
  }
}

const ownFolders = ({ state, config, home }: Paths) =>
  isWithin(dirname(config), home) ? [state] : [state, dirname(config)]

/** A command in the session's container, which is made where it is not there. */
export const inSandbox = async (
  { command, workdir, background, pty }: Line,
  extra: Readonly<Record<string, string>>,
  { sandboxes, agentId, sessionKey, env, shell }: Ground,
): Promise<Where> => {
  const sandbox = await sandboxes.open({ agentId, sessionKey })
  const cwd = inContainer(workdir, sandbox)
  const run = { command, cwd, pty, stdin: background, env: extra }
  return {
    words: [],
    wordsFor: (id) => sandbox.words({ id, ...run }),
    cwd: sandbox.folder,
    place: cwd,
    env: { ...cleanEnvironment(env), PATH: await shell.path([]) },
    elsewhere: (id, signal) => sandbox.end(id, signal),
    // The container is the boundary: nothing in it was resolved on this machine.
    unchanged: () => true,
  }
}

/** A folder as the container knows it; by its name on this machine it is the same one. */
const inContainer = (written: string | undefined, { workdir, folders }: Sandbox) => {
  const path = written?.trim() || "."
  const known = isAbsolute(path) && folders.find(({ here }) => isWithin(here, path))
  return known ? join(known.inside, relative(known.here, path)) : resolve(workdir, path)
}
