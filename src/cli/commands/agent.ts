import { approvalsCapability } from "../../client/wire.ts"
import { answerApprovals } from "../answer-approvals.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { wholeNumber } from "../arguments.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable, printableText } from "../printable.ts"
import { replyWriter } from "../reply-writer.ts"
import { runFailed } from "../run-failed.ts"

const { timeout: _, ...connectionFlags } = gatewayFlags

export const agent = command({
  about:
    "One turn, through the gateway. Ctrl-C stops it; what was written by then stays in the session.",
  args: {
    message: {
      type: "string",
      alias: "m",
      valueHint: "text",
      required: true,
      description: "What to say; - reads it from stdin",
    },
    agent: {
      type: "string",
      valueHint: "id",
      description: "Which agent (default: the default one)",
    },
    "session-key": {
      type: "string",
      valueHint: "key",
      description: "Which session (default: main)",
    },
    "session-id": { type: "string", valueHint: "id", description: "Which session, by its id" },
    model: {
      type: "string",
      valueHint: "provider/model",
      description: "Another model for this turn",
    },
    thinking: {
      type: "enum",
      valueHint: "level",
      options: ["off", "minimal", "low", "medium", "high"],
      description: "How hard to think",
    },
    timeout: {
      type: "string",
      valueHint: "s",
      description: "Stop the turn after this long; 0 never",
    },
    ...connectionFlags,
  },
  examples: [
    ['fased agent --message "what can you do?"', "talk to the default agent"],
    ["git diff | fased agent -m -", "send what a command prints"],
    ['fased agent -m "and then?" --session-key work', "go on in another session"],
  ],
  async run(args, context) {
    const picked = [args.agent, args["session-key"], args["session-id"]].filter(Boolean)
    if (picked.length > 1)
      throw usage({ problem: "Give one of --agent, --session-key and --session-id." })
    const seconds = wholeNumber("--timeout", args.timeout, { max: 86_400 })
    const message = args.message === "-" ? await Bun.stdin.text() : args.message
    if (!message.trim()) throw usage({ problem: "--message is empty: say something." })
    const params = (mainKey: string): Message => ({
      message,
      ...(args["session-id"]
        ? { sessionId: args["session-id"] }
        : {
            sessionKey: args["session-key"] ?? (args.agent ? `agent:${args.agent}:main` : mainKey),
          }),
      ...(args.agent && { agentId: args.agent }),
      ...(args.model && { model: args.model }),
      ...(args.thinking && { thinking: args.thinking }),
      ...(seconds !== undefined && { timeout: seconds }),
      idempotencyKey: crypto.randomUUID(),
    })
    const mayAsk = context.interactive && !args.json
    const options = mayAsk ? { caps: [approvalsCapability] } : {}
    const work = async (client: Gateway, target: Target) => {
      if (target.kind !== "local") context.out.note(context.out.notePaint.muted(`to ${target.url}`))
      const { mainSessionKey = "agent:main:main" } = client.hello.snapshot?.sessionDefaults ?? {}
      return converse(client, params(mainSessionKey), {
        ...context,
        json: args.json ?? false,
        mayAsk,
      })
    }
    return withGateway({ ...args, timeout: undefined }, context, work, options)
  },
})

interface Accepted {
  runId?: string
  sessionKey?: string
}

interface Final {
  runId?: string
  status?: string
  summary?: string
  error?: { message?: string } | string
  result?: {
    payloads?: { text?: string | null }[]
    meta?: { aborted?: boolean; stopReason?: string }
  }
}

interface AgentPayload {
  runId?: string
  stream?: string
  data?: { delta?: string; text?: string }
}

interface Message {
  message: string
  idempotencyKey: string
  sessionKey?: string
  sessionId?: string
}

type Talk = Pick<Context, "out"> & { json: boolean; mayAsk: boolean }
type Work = Parameters<typeof withGateway>[2]
type Gateway = Parameters<Work>[0]
type Target = Parameters<Work>[1]

/** Sends the message, writes the reply as it comes, and lets Ctrl-C stop the turn but not the telling. */
const converse = async (client: Gateway, params: Message, { out, json, mayAsk }: Talk) => {
  const run: Accepted = {}
  const reply = replyWriter(out)
  let written = ""
  let stopping = false

  const abort = () => {
    const { runId, sessionKey = params.sessionKey } = run
    client.request("chat.abort", { sessionKey, runId }, { timeoutMs: 5000 }).catch(() => {})
  }
  const onInterrupt = () => {
    if (stopping) process.exit(130)
    stopping = true
    if (run.runId) abort()
  }
  process.on("SIGINT", onInterrupt)
  if (mayAsk)
    answerApprovals(client, {
      isMine: (runId) => runId !== undefined && runId === run.runId,
      context: { out },
    })

  client.on("agent", (payload) => {
    const { runId, stream, data = {} } = payload as AgentPayload
    if (!run.runId || runId !== run.runId || stream !== "assistant") return
    const piece = data.delta ?? data.text?.slice(written.length) ?? ""
    written += piece
    if (!json) reply.add(printableText(piece))
  })

  try {
    const final = (await client.request("agent", params, {
      timeoutMs: 0,
      onAccepted: (accepted) => {
        Object.assign(run, accepted)
        if (stopping) abort()
      },
    })) as Final
    if (json) {
      out.json(final)
      return stopping ? 130 : final.status === "ok" ? 0 : 1
    }
    const whole = (final.result?.payloads ?? []).map(({ text }) => text ?? "").join("\n\n")
    if (!written) reply.add(printableText((written = whole)))
    reply.end()
    if (stopping || final.result?.meta?.aborted) {
      out.note(out.notePaint.muted("Stopped. What was written so far is kept in the session."))
      return 130
    }
    if (final.status === "ok") return 0
    throw runFailed({ status: final.status ?? "error", reason: reasonOf(final) })
  } catch (error) {
    if (!json) reply.end()
    throw error
  } finally {
    process.off("SIGINT", onInterrupt)
  }
}

const reasonOf = ({ error, summary }: Final) =>
  printable((typeof error === "string" ? error : error?.message) ?? summary ?? "no reason given")
