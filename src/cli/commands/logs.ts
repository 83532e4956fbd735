import { setTimeout as wait } from "node:timers/promises"
import type { Client } from "../../client/connect.ts"
import { Fault } from "../../kernel/fault.ts"
import { notAGateway, unreachable } from "../../client/faults.ts"
import type { Target } from "../../client/target.ts"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { findTarget, openGateway, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import type { GatewayArgs } from "../gateway-flags.ts"
import { formatLogLine } from "../log-line.ts"
import { logFileOf } from "../log-path.ts"
import { createPaint } from "../paint.ts"
import { printable, printableJson } from "../printable.ts"

interface Request {
  limit: number
  maxBytes: number
  cursor?: number
}

interface Page {
  lines: string[]
  cursor: number
  reset?: boolean
}

/** Somewhere log lines can be read from. */
interface Source {
  read(request: Request): Promise<Page>
  close(): Promise<void>
}

export const logs = command({
  about: "Reads through the gateway, or from the file when the gateway is down. Times are UTC.",
  args: {
    follow: { type: "boolean", alias: "f", description: "Go on with new lines until Ctrl-C" },
    limit: { type: "string", valueHint: "n", description: "Lines to begin with", default: "200" },
    interval: {
      type: "string",
      valueHint: "ms",
      description: "How often to look",
      default: "1000",
    },
    "max-bytes": {
      type: "string",
      valueHint: "n",
      description: "Most to read at once",
      default: "250000",
    },
    subsystem: {
      type: "string",
      valueHint: "name",
      description: "Only lines of this part, e.g. channels or channels/slack",
    },
    "local-time": { type: "boolean", description: "Times of this machine's zone" },
    plain: { type: "boolean", description: "No colours" },
    ...gatewayFlags,
    json: { type: "boolean", description: "One JSON object per line, as written" },
  },
  examples: [
    ["fased logs --follow", "watch"],
    ["fased logs --limit 1000 --json", "for a program"],
  ],
  async run(args, context) {
    const { out } = context
    const intervalMs = wholeNumber("--interval", args.interval, { min: 50, max: 60_000 })
    const request: Request = {
      limit: wholeNumber("--limit", args.limit, { min: 1, max: 5000 })!,
      maxBytes: wholeNumber("--max-bytes", args["max-bytes"], { min: 1, max: 1_000_000 })!,
    }
    const paint = args.plain ? createPaint(false) : out.paint
    const show = (lines: readonly string[]) => {
      for (const line of lines.filter((line) => isOf(line, args.subsystem)))
        out.print(
          args.json
            ? asJsonLine(line)
            : formatLogLine(line, { localTime: args["local-time"] ?? false, paint }),
        )
    }

    // A gateway that is away leaves no word of its port: what was found first is gone back to.
    const target = findTarget(args, context)
    let source = await openSource(target, args, context)
    try {
      let page = await source.read(request)
      show(page.lines)
      while (args.follow) {
        await wait(intervalMs)
        try {
          page = await source.read({ ...request, cursor: page.cursor })
          if (page.reset && !args.json) out.note("--- a new log file begins ---")
          show(page.lines)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          out.note(`--- ${printable(error.message)} Reading on. ---`)
          await source.close()
          source = await reopened(() => openSource(target, args, context), intervalMs ?? 1000)
        }
      }
    } finally {
      await source.close()
    }
  },
})

const isOf = (line: string, part: string | undefined) => {
  if (part === undefined) return true
  try {
    const { subsystem } = JSON.parse(line) as { subsystem?: string }
    return subsystem === part || subsystem?.startsWith(`${part}/`) === true
  } catch {
    return false
  }
}

const asJsonLine = (line: string) => {
  try {
    return printableJson(JSON.parse(line))
  } catch {
    return printableJson({ message: line })
  }
}

const openSource = async (target: Target, args: GatewayArgs, context: Context): Promise<Source> => {
  try {
    const client = await openGateway(target, context, { timeoutMs: timeoutOf(args) })
    return throughGateway(client)
  } catch (error) {
    if (!unreachable.is(error) || target.kind !== "local" || args.port) throw error
    const { tail } = await import("../../logs/tail.ts")
    const { out } = context
    out.note(out.notePaint.muted(`No gateway answers; reading ${logFileOf(context)}`))
    return { read: async (request) => tail(logFileOf(context), request), close: async () => {} }
  }
}

const throughGateway = (client: Client): Source => ({
  read: (request) => client.request("logs.tail", request) as Promise<Page>,
  close: () => client.close(),
})

/** What was a gateway a moment ago and hangs up is one that is about to be back. */
const mayPass = (error: unknown) =>
  error instanceof Fault && (error.toWire().retryable || notAGateway.is(error))

/**
 * Goes on after the gateway went away: from the file where that is on this machine, so that a start
 * which fails is seen too, else when it is back. A cursor means the same place either way.
 */
const reopened = async (open: () => Promise<Source>, intervalMs: number) => {
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!mayPass(error)) throw error
      await wait(Math.max(intervalMs, 500))
    }
  }
}
