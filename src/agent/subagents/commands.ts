/** Words in a chat about the subagents of its session. */
import { Receive } from "../../kernel/channel.ts"
import { Clock } from "../../kernel/clock.ts"
import { command } from "../../kernel/command.ts"
import { Directory } from "../../sessions/directory.ts"
import { textOf } from "../../sessions/message.ts"
import { Turns } from "../turns.ts"
import { facts, find, stop, tell } from "./control.ts"
import { nothingSaid, unknownAction } from "./faults.ts"
import type { SubagentRow } from "./store.ts"
import { Subagents } from "./subagents.ts"

const forms =
  "list | info <#> | log <#> | kill <#|all> | send <#> <text> | steer <#> <text> | spawn <task>"
const shownEntries = 10
const shownChars = 500

export const subagentsCommand = command({
  name: "subagents",
  description: "Look after the subagents of this session.",
  group: "work",
  usage: `[${forms}]`,
  choices: ["list", "info", "log", "kill", "send", "steer", "spawn"],
  authority: "owner",
  needs: {
    subagents: Subagents,
    turns: Turns,
    directory: Directory,
    receive: Receive,
    clock: Clock,
  },
  async run(args, context) {
    const { subagents, turns, directory, receive, clock, sessionKey, agentId, owner } = context
    const { word: action, rest } = split(args)
    const rows = await subagents.of(sessionKey)
    const { word: target, rest: text } = split(rest)
    switch (action.toLowerCase() || "list") {
      case "list":
        return { say: listOf(rows, clock.now()) }
      case "kill":
        return { say: kill(rows, rest, turns) }
      case "info":
        return { say: info(find(rows, rest), clock.now()) }
      case "log": {
        const session = await directory.find(find(rows, rest).sessionKey)
        if (!session) return { say: "Its session is gone; the archive has its transcript." }
        const entries = await directory.history(session.sessionId, { limit: shownEntries })
        const lines = entries.map(({ message }) => {
          const words = textOf(message).slice(0, shownChars).toWellFormed()
          return `- **${message.role}**: ${words || "(no words)"}`
        })
        return { say: lines.join("\n") || "It has said nothing yet." }
      }
      case "send":
      case "steer": {
        const steer = action.toLowerCase() === "steer"
        const row = find(rows, target)
        if (!text) throw nothingSaid({ usage: `/subagents ${action} <#> <text>` })
        await tell(row, text, { sessionKey, owner, steer }, receive)
        return { say: `Told ${facts(row, clock.now()).label}.` }
      }
      case "spawn": {
        if (!rest) throw nothingSaid({ usage: "/subagents spawn <task>" })
        const from = { sessionKey, agentId, owner }
        const started = await subagents.spawn({ task: rest, cleanup: "keep" }, from)
        return {
          say: `Started ${started.sessionKey}. Its result comes here when it is done.${started.warning ? ` ${started.warning}` : ""}`,
        }
      }
      default:
        throw unknownAction({ action, usage: `/subagents ${forms}` })
    }
  },
})

export const killCommand = command({
  name: "kill",
  description: "Stop a subagent of this session, or all of them.",
  group: "work",
  usage: "<#|label|all>",
  authority: "owner",
  needs: { subagents: Subagents, turns: Turns },
  async run(args, { subagents, turns, sessionKey }) {
    if (!args) throw nothingSaid({ usage: "/kill <#|label|all>" })
    return { say: kill(await subagents.of(sessionKey), args, turns) }
  },
})

export const steerCommand = command({
  name: "steer",
  aliases: ["tell"],
  description: "Say something to a subagent in the middle of its work.",
  group: "work",
  usage: "<#> <text>",
  authority: "owner",
  needs: { subagents: Subagents, receive: Receive },
  async run(args, { subagents, receive, sessionKey, owner }) {
    const { word: target, rest: text } = split(args)
    if (!text) throw nothingSaid({ usage: "/steer <#> <text>" })
    const row = find(await subagents.of(sessionKey), target)
    await tell(row, text, { sessionKey, owner, steer: true }, receive)
    return { say: `Told ${row.label ?? row.sessionKey}.` }
  },
})

const split = (text: string) => {
  const [, word = "", rest = ""] = /^(\S*)\s*([^]*)$/.exec(text.trim()) ?? []
  return { word, rest }
}

const kill = (rows: readonly SubagentRow[], target: string, turns: Turns) => {
  const chosen = target.toLowerCase() === "all" ? rows : [find(rows, target)]
  const stopped = chosen.flatMap((row) => stop(row, turns)).length
  if (!stopped) return "None of that is at work."
  return stopped === 1 ? "Stopped one turn." : `Stopped ${stopped} turns.`
}

const listOf = (rows: readonly SubagentRow[], now: number) =>
  rows
    .map((row, at) => {
      const { label, status, runtimeSeconds } = facts(row, now)
      return `${at + 1}. ${label} (${status}, ${runtimeSeconds} s)`
    })
    .join("\n") || "This session has no subagents. Start one with `/subagents spawn <task>`."

const info = (row: SubagentRow, now: number) => {
  const { label, status, sessionKey, runId, runtimeSeconds } = facts(row, now)
  return [
    `- Subagent: ${label}`,
    `- Status: ${status}, ${runtimeSeconds} s`,
    `- Session: \`${sessionKey}\``,
    ...(runId ? [`- Run: \`${runId}\``] : []),
    `- Task: ${row.task.slice(0, shownChars).toWellFormed()}`,
  ].join("\n")
}
