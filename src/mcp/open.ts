/** From a server's settings to a conversation with it. */
import { type Env, expandTilde, type Paths } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import type { Shell } from "../exec/shell.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { McpServerConfig } from "./config.ts"
import { unavailable } from "./faults.ts"
import { openHttp } from "./http.ts"
import type { Watch } from "./server.ts"
import { openSession } from "./session.ts"
import { openStdio, type Program } from "./stdio.ts"

interface Options {
  env: Env
  paths: Paths
  version: string
  shell: () => Pick<Shell, "path">
  clock: Clock
  log: Log
}

export const openServer = async (
  id: string,
  config: McpServerConfig,
  watch: Watch,
  { env, paths, version, shell, clock, log }: Options,
) => {
  const options = { clock, version, timeoutMs: config.connectSeconds * 1000, ...watch }
  if (config.url !== undefined) {
    const { url, token, headers } = config
    const all = token ? { ...headers, authorization: `Bearer ${token}` } : headers
    return openSession(id, (hear) => openHttp(id, { url, headers: all }, hear, clock), options)
  }
  const program = programOf(id, config, { env, home: paths.home, path: await shell().path([]) })
  return openSession(id, (hear) => openStdio(id, program, hear, { clock, log }), options)
}

/**
 * The program as it is started: never in a workspace and never found in one, because agents write
 * there and `npx` and its like look around themselves.
 */
const programOf = (
  id: string,
  config: McpServerConfig,
  { env, home, path }: { env: Env; home: string; path: string },
): Program => {
  const command = expandTilde(config.command!, home)
  const found = Bun.which(command, { PATH: path, cwd: "/" })
  if (!found) throw unavailable({ id, reason: `there is no program ${command}` })
  const { FASED_SHELL: _, ...clean } = cleanEnvironment(env)
  return {
    words: [found, ...config.args],
    cwd: expandTilde(config.cwd ?? "~", home),
    env: { ...clean, PATH: path, ...config.env },
  }
}
