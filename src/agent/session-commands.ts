/** Words in a chat about how its session behaves, and who types there. */
import { agents, findAgent, workspaceOf } from "../agents/config.ts"
import { Paths } from "../config/paths.ts"
import type { Sender } from "../kernel/channel.ts"
import { command } from "../kernel/command.ts"
import { Directory } from "../sessions/directory.ts"
import { headerOf, linesOf } from "../sessions/export.ts"
import type { Session } from "../sessions/session.ts"
import { presentWithin, writeWithin } from "../tools/boundary.ts"
import { exportThere, exportTooLarge, noSuchLevel } from "./faults.ts"

export const whoami = command({
  name: "whoami",
  aliases: ["id"],
  description: "Show who you are here.",
  authority: "anyone",
  run: (_, { sender, channel, owner, agentId, sessionKey }) => ({
    say: [
      `- Channel: ${channel}`,
      ...identity(sender),
      `- Rights: ${owner ? "all" : "no commands that change things"}`,
      `- Agent: ${agentId}`,
      `- Session: \`${sessionKey}\``,
    ].join("\n"),
  }),
})

const identity = (sender: Sender): string[] => {
  switch (sender.kind) {
    case "operator":
      return [
        `- Operator by ${sender.clientId}`,
        ...(sender.deviceId ? [`- Device: \`${sender.deviceId}\``] : []),
      ]
    case "person":
      return [`- Sender: \`${sender.id}\`${sender.name ? ` (${sender.name})` : ""}`]
    default:
      return []
  }
}

const policies = { on: "allow", off: "deny", inherit: null } as const

export const send = command({
  name: "send",
  description: "Whether replies of this session go out to its network.",
  usage: "[on | off | inherit]",
  choices: ["on", "off", "inherit"],
  authority: "owner",
  needs: { directory: Directory },
  async run(args, { directory, sessionKey }) {
    const typed = args.toLowerCase()
    const now = (await directory.find(sessionKey))?.overrides.sendPolicy
    if (!typed)
      return { say: `Sending: ${{ allow: "on", deny: "off" }[now!] ?? "as the config says"}.` }
    if (typed !== "on" && typed !== "off" && typed !== "inherit")
      throw noSuchLevel({ name: "send", typed, valid: ["on", "off", "inherit"] })
    await directory.patch(sessionKey, { overrides: { sendPolicy: policies[typed] } })
    return { say: `Sending: ${typed === "inherit" ? "as the config says" : typed}.` }
  },
})

const activations = ["mention", "always", "default"] as const

export const activation = command({
  name: "activation",
  description: "When the agent answers in this group.",
  usage: "[mention | always | default]",
  choices: activations,
  authority: "owner",
  needs: { directory: Directory },
  async run(args, { directory, sessionKey }) {
    const now = (await directory.find(sessionKey))?.overrides.groupActivation
    if (!args) return { say: `Answers in groups: ${now ?? "as the config says"}.` }
    const wanted = activations.find((one) => one === args.toLowerCase())
    if (!wanted)
      throw noSuchLevel({ name: "activation", typed: args, valid: ["mention", "always"] })
    const groupActivation = wanted === "default" ? null : wanted
    await directory.patch(sessionKey, { overrides: { groupActivation } })
    return { say: `Answers in groups: ${groupActivation ?? "as the config says"}.` }
  },
})

/** What one chat command writes; longer transcripts are written part by part. */
const mostChars = 50_000_000
const atOnce = 500

export const exportSession = command({
  name: "export-session",
  aliases: ["export"],
  description: "Write this session's transcript into the workspace.",
  usage: "[path]",
  authority: "owner",
  native: false,
  needs: { directory: Directory, agents, paths: Paths },
  async run(args, { directory, agents, paths, sessionKey, agentId }) {
    const session = await directory.find(sessionKey)
    if (!session || !(await directory.size(session.sessionId)))
      return { say: "Nothing has been said here yet." }
    const workspace = workspaceOf(findAgent(agents, agentId), agents, paths)
    const boundary = { workspace, workspaceOnly: true, own: [paths.state] }
    const path = args || `session-${session.sessionId}.jsonl`
    if (presentWithin(boundary, path)) throw exportThere({ path })
    const lines = await transcriptOf(session, directory)
    writeWithin(boundary, path, `${lines.join("\n")}\n`)
    return { say: `Written to \`${path}\` in the workspace: ${lines.length - 1} messages.` }
  },
})

const transcriptOf = async (session: Session, directory: Directory) => {
  const { sessionId } = session
  const lines = [JSON.stringify(headerOf(session))]
  let [length, lastId, next] = [0, null as string | null, 0 as number | null]
  while (next !== null) {
    const { entries, last } = await directory.after(sessionId, next, atOnce)
    const more = linesOf(entries, lastId)
    length += more.reduce((sum, line) => sum + line.length, 0)
    if (length > mostChars) throw exportTooLarge({ key: session.key })
    lines.push(...more)
    lastId = entries.at(-1)?.id ?? lastId
    next = last
  }
  return lines
}
