import type { HeartbeatEvent } from "../../heartbeat/events.ts"
import { ago } from "../ago.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { type Cell, facts, table } from "../table.ts"

export const systemEvent = command({
  about: "Tells the main session of something that happened.",
  args: {
    text: { type: "string", valueHint: "text", required: true, description: "What happened" },
    mode: {
      type: "enum",
      options: ["now", "next-heartbeat"],
      default: "next-heartbeat",
      description: "Wake the agents now, or tell them the next time",
    },
    ...gatewayFlags,
  },
  examples: [['fased system event --text "The backup failed" --mode now', "have it looked at"]],
  async run({ text, mode, ...args }, context) {
    const { out } = context
    if (!text.trim())
      throw usage({ problem: "--text is empty.", hint: "Say in a few words what happened." })
    await withGateway(args, context, async (client, target) => {
      const result = (await client.request("wake", { text, mode })) as { woken?: number }
      noteTarget(target, context)
      if (args.json) return out.json(result)
      if (mode === "now" && result.woken)
        return out.print(
          `${out.paint.good("told")}; ${result.woken === 1 ? "the agent is" : "the agents are"} being woken for it`,
        )
      out.print(`${out.paint.good("kept")} for the main session's next turn`)
      if (mode === "now")
        out.note(
          out.notePaint.muted(
            "No agent is woken by itself: agents.defaults.heartbeat.every is 0m, or heartbeats are off.",
          ),
        )
    })
  },
})

export const heartbeatLast = command({
  args: gatewayFlags,
  examples: [["fased system heartbeat last", "what came of it"]],
  async run(args, context) {
    const { out } = context
    const event = (await withGateway(args, context, (client) =>
      client.request("last-heartbeat", {}),
    )) as HeartbeatEvent | null
    if (args.json) return out.json(event)
    if (!event) return out.print("No agent was woken since the gateway started.")
    const { good, warn, bad, muted } = out.paint
    const paint = event.status === "failed" ? bad : event.status === "skipped" ? warn : good
    const { status, reason, preview, message } = event
    const rows: [string, Cell | undefined][] = [
      ["status", [status, paint]],
      ["reason", reason && printable(reasons[reason] ?? reason)],
      ["agent", event.agentId && printable(event.agentId)],
      ["when", ago(event.ts, Date.now())],
      ["went to", printable([event.channel, event.to].filter(Boolean).join(" "))],
      ["said", preview && printable(preview)],
      ["", message && printable(message)],
    ]
    for (const line of facts(rows, { width: out.width, muted })) out.print(line)
  },
})

/** What the words for why it was skipped mean, and where that is changed. */
const reasons: Readonly<Record<string, string>> = {
  "no-target":
    "no-target: it was woken, and what it said stays in its session. To have it sent: agents.defaults.heartbeat.target",
  "quiet-hours": "quiet-hours: outside of agents.defaults.heartbeat.activeHours",
  "empty-heartbeat-file": "empty-heartbeat-file: HEARTBEAT.md in its workspace lists nothing to do",
  "requests-in-flight": "requests-in-flight: it was at work; it is woken soon after",
  "alerts-disabled": "alerts-disabled: nothing of it may be shown where it goes",
  disabled:
    "disabled: switched off until the gateway ends. On again: fased system heartbeat enable",
  "dm-blocked": "dm-blocked: agents.defaults.heartbeat.directPolicy keeps it out of private chats",
}

const heartbeats = (enabled: boolean) =>
  command({
    about: `Switches periodic wake-ups ${enabled ? "on" : "off"} until the gateway ends. For good: agents.defaults.heartbeat.every.`,
    args: gatewayFlags,
    examples: [
      [
        `fased system heartbeat ${enabled ? "enable" : "disable"}`,
        enabled ? "wake agents again" : "leave them alone",
      ],
    ],
    async run(args, context) {
      const { out } = context
      await withGateway(args, context, async (client, target) => {
        const result = await client.request("set-heartbeats", { enabled })
        noteTarget(target, context)
        if (args.json) return out.json(result)
        out.print(
          enabled
            ? `${out.paint.good("on")}: agents are woken now and then`
            : `${out.paint.warn("off")} until the gateway ends`,
        )
      })
    },
  })
export const heartbeatEnable = heartbeats(true)
export const heartbeatDisable = heartbeats(false)

interface Present {
  host?: string
  ip?: string
  mode?: string
  platform?: string
  version?: string
  reason?: string
  text?: string
  ts: number
}

export const systemPresence = command({
  args: gatewayFlags,
  examples: [["fased system presence", "who is connected"]],
  async run(args, context) {
    const { out } = context
    const entries = (await withGateway(args, context, (client) =>
      client.request("system-presence", {}),
    )) as Present[]
    if (args.json) return out.json(entries)
    const { accent, muted } = out.paint
    const rows = entries.map((one) => [
      [printable(one.host ?? one.ip ?? one.text ?? "", 30), accent] as const,
      printable(one.mode ?? "", 12),
      printable(one.platform ?? "", 20),
      printable(one.version ?? "", 16),
      ago(one.ts, Date.now()),
      printable(one.reason ?? "", 40),
    ])
    const head = ["HOST", "MODE", "PLATFORM", "VERSION", "SEEN", "WHY"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})
