import { hostname } from "node:os"
import { setImmediate } from "node:timers/promises"
import type { Paths } from "../config/paths.ts"
import type { Inbound, Receipt } from "../kernel/channel.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Bus } from "../kernel/event.ts"
import type { Log } from "../kernel/log.ts"
import type { Models } from "../models/service.ts"
import type { Directory } from "../sessions/directory.ts"
import type { Toolbox } from "../tools/toolbox.ts"
import { runCommand } from "./commands.ts"
import type { AgentsConfig } from "./config.ts"
import { findAgent, modelsOf, workspaceOf } from "./config.ts"
import { Lanes } from "./lanes.ts"
import { systemPrompt } from "./prompt.ts"
import { Reply } from "./reply.ts"
import type { Workshop } from "./turn.ts"
import { runTurn } from "./turn.ts"
import type { Outcome, Turn } from "./turns.ts"
import { TurnBook } from "./turns.ts"
import { readContextFiles } from "./workspace.ts"

/** Turns one accepted message into one turn, in its session's lane. */
export interface Engine {
  readonly turns: TurnBook
  run(accepted: Pick<Receipt, "runId" | "sessionKey" | "agentId">, message: Inbound): Turn
}

export const createEngine = (needs: {
  config: () => AgentsConfig
  paths: Paths
  models: Models
  toolbox: Toolbox
  directory: Directory
  bus: Bus
  clock: Clock
  log: Log
}): Engine => {
  const { config, paths, models, toolbox, directory, bus, clock, log } = needs
  const turns = new TurnBook()
  const lanes = new Lanes(() => config().defaults.maxConcurrent)
  const host = { name: hostname(), platform: process.platform, arch: process.arch }
  let timezone: string | undefined
  /** Looked up when a turn first needs it: loading time zones takes milliseconds. */
  const ownTimezone = () => (timezone ??= Intl.DateTimeFormat().resolvedOptions().timeZone)

  const workshop: Workshop = {
    models,
    toolbox,
    directory,
    clock,
    log,
    systemPrompt({ agentId, workspace, tools, model, instructions }) {
      const { defaults } = config()
      const { id, name, identity } = findAgent(config(), agentId)
      const budgets = {
        perFile: defaults.bootstrapMaxChars,
        total: defaults.bootstrapTotalMaxChars,
      }
      return systemPrompt({
        agent: { id, name: identity?.name ?? name, theme: identity?.theme },
        workspace,
        files: readContextFiles(workspace, { session: "main", budgets }),
        tools,
        model: `${model.provider}/${model.model}`,
        timezone: defaults.userTimezone ?? ownTimezone(),
        host,
        instructions,
      })
    },
  }

  const run = async (
    { runId, sessionKey, agentId }: Pick<Receipt, "runId" | "sessionKey" | "agentId">,
    message: Inbound,
    stop: AbortSignal,
  ): Promise<Outcome | null> => {
    const agent = findAgent(config(), agentId)
    const session = await directory.open(sessionKey, agentId)
    const { sessionId } = session
    const reply = new Reply({ runId, sessionKey, agentId, sessionId }, bus, clock)
    const { sender, text, options = {} } = message
    const admin = sender.kind === "operator" && sender.admin
    const commanded = await runCommand({ runId, session, text, admin }, reply, {
      directory,
      models,
      clock,
    })
    if (commanded) return commanded
    return runTurn(
      {
        runId,
        session,
        agentId,
        workspace: workspaceOf(agent, config(), paths),
        text,
        idempotencyKey: message.id,
        owner: admin,
        models: modelsOf(agent, config()),
        options,
        timeoutMs: options.timeoutMs ?? config().defaults.timeoutSeconds * 1000,
      },
      reply,
      workshop,
      stop,
    )
  }

  return {
    turns,
    run: (accepted, message) =>
      turns.begin(accepted, (stop) =>
        lanes
          .run(accepted.sessionKey, async () => {
            // Whoever handed it in reads the acceptance first: no event overtakes it.
            await setImmediate()
            // A turn that waited while the process went down is left for the next one.
            if (stop.aborted && stop.reason === "shutdown") return null
            return run(accepted, message, stop)
          })
          .catch((error: unknown) => {
            log.for("agent").error("turn could not be run", { run: accepted.runId, error })
            return null
          }),
      ),
  }
}
