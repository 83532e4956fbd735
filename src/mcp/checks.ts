import { configValid } from "../config/checks.ts"
import { askLoginPath } from "../config/login-shell.ts"
import { Environment, expandTilde, Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { Clock } from "../kernel/clock.ts"
import { mcp } from "./config.ts"
import { McpServers } from "./service.ts"

const shellMs = 5_000

export const programsThere = check({
  id: "mcp.programs-there",
  title: "The programs of MCP servers are on this machine",
  severity: "warn",
  after: [configValid],
  needs: { mcp, env: Environment, paths: Paths, clock: Clock },
  async detect({ mcp, env, paths, clock }) {
    const commands = Object.entries(mcp.servers).flatMap(([id, { enabled, command }]) =>
      enabled && command ? [{ id, command: expandTilde(command, paths.home) }] : [],
    )
    const without = (PATH = "") =>
      commands.filter(({ command }) => !Bun.which(command, { PATH, cwd: "/" }))
    // The login shell may know more places, and takes its time to say so.
    if (!without(env.PATH).length) return null
    const missing = without(
      [await askLoginPath(env, clock, shellMs), env.PATH].filter(Boolean).join(":"),
    )
    return missing.length ? { missing } : null
  },
  explain: ({ missing }) =>
    missing
      .map(({ id, command }) => `The MCP server ${id} needs ${command}, which is not here.`)
      .join(" "),
  next: ({ missing }) =>
    `Install it, or switch the server off: fased config set mcp.servers.${missing[0]!.id}.enabled false`,
})

export const serversAnswer = check({
  id: "mcp.servers-answer",
  title: "MCP servers answer",
  severity: "warn",
  after: [programsThere],
  needs: { servers: McpServers },
  detect({ servers }) {
    const failed = servers.list().filter(({ state }) => state === "failed")
    return failed.length ? { failed } : null
  },
  explain: ({ failed }) =>
    failed.map(({ id, problem }) => problem ?? `The MCP server ${id} failed.`).join(" "),
  next: ({ failed }) => `Try it again with: fased mcp test ${failed[0]!.id}`,
})
