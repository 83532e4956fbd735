import { agents, findAgent, workspaceOf } from "../agents/config.ts"
import { commands } from "../agents/commands.ts"
import { Elevation } from "../agents/elevated.ts"
import { Environment, Paths } from "../config/paths.ts"
import { command } from "../kernel/command.ts"
import type { ToolContext } from "../kernel/tool.ts"
import { Directory } from "../sessions/directory.ts"
import { Toolbox } from "../tools/toolbox.ts"
import { elevationNotYours, nothingToRun } from "./faults.ts"
import { ensureWorkspace } from "./workspace.ts"

/** What the tools answer with, as far as it is told here. */
interface Told {
  status?: string
  exitCode?: number | null
  output?: string
  tail?: string
  sessionId?: string
  approvalId?: string
  stopped?: string
  sessions?: { sessionId: string; status: string }[]
}

/** A command goes the way a model's goes: tool policy, exec policy and approvals hold for it. */
export const bash = command({
  name: "bash",
  description: "Run a command of this machine; !command is the same.",
  group: "work",
  usage: "<command> | poll [id] | stop [id]",
  authority: "owner",
  native: false,
  needs: {
    commands,
    toolbox: Toolbox,
    elevation: Elevation,
    directory: Directory,
    agents,
    paths: Paths,
    env: Environment,
  },
  available: ({ commands }) =>
    commands.bash ||
    "`/bash` is switched off. The operator switches it on with: fased config set commands.bash true",
  async run(args, context) {
    const { commands, toolbox, elevation, directory, agents, paths, env, standing, signal } =
      context
    if (!args) throw nothingToRun()
    if (!elevation(standing)) throw elevationNotYours()
    const session = await directory.find(context.sessionKey)
    const workspace = workspaceOf(findAgent(agents, standing.agentId), agents, paths)
    await ensureWorkspace(workspace, { skipBootstrap: agents.defaults.skipBootstrap, env })
    const call: ToolContext = {
      ...standing,
      workspace,
      signal,
      wishes: { elevated: session?.overrides.elevated ?? "on" },
    }
    const use = async (tool: string, params: object) => {
      const done = await toolbox.run(tool, params, call)
      return done.ok ? told(done.value as Told) : done.text
    }
    const [, action, named] = /^(poll|stop)(?:\s+(\S+))?$/i.exec(args) ?? []
    if (!action) {
      const yieldMs = Math.max(10, commands.bashForegroundMs)
      return { say: await use("exec", { command: args, yieldMs, elevated: true }) }
    }
    const sessionId = named ?? (await newest(toolbox, call))
    if (!sessionId) return { say: "No command of this session runs in the background." }
    const kill = action.toLowerCase() === "stop"
    return { say: await use("process", { action: kill ? "kill" : "poll", sessionId }) }
  },
})

const newest = async (toolbox: Toolbox, call: ToolContext) => {
  const listed = await toolbox.run("process", { action: "list" }, call)
  const sessions = listed.ok ? ((listed.value as Told).sessions ?? []) : []
  return (sessions.findLast(({ status }) => status === "running") ?? sessions.at(-1))?.sessionId
}

const told = ({ status, exitCode, output, tail, sessionId, approvalId, stopped }: Told) => {
  if (approvalId)
    return `It waits for approval: \`/approve ${approvalId} allow-once\` or \`/approve ${approvalId} deny\`. This session hears how it ends.`
  const words = fenced(output ?? tail ?? "")
  if (status === "running")
    return `${words}Still running as \`${sessionId}\`: \`!poll\` for more, \`!stop\` to end it.`
  if (stopped) return `${words}Ended: ${stopped}.`
  return exitCode === 0 ? words.trim() || "Done." : `${words}Exit code ${exitCode}.`
}

/** A fence longer than any in the output. */
const fenced = (output: string) => {
  const text = output.replace(/\n+$/, "")
  if (!text) return ""
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = "`".repeat(longest + 1)
  return `${fence}\n${text}\n${fence}\n`
}
