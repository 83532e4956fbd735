import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { findTarget, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

const { json: _, ...connectionFlags } = gatewayFlags

export const tui = command({
  about:
    "A conversation on the whole terminal: replies as they are written, sessions, models, commands that wait for an answer. " +
    "It finds back when the gateway restarts. Where the terminal can only show lines (TERM=dumb), it is lines.",
  args: {
    session: { type: "string", valueHint: "key", description: "Which session (default: main)" },
    ...connectionFlags,
  },
  examples: [
    ["fased tui", "talk to the default agent"],
    ["fased tui --session agent:work:main", "in another session"],
  ],
  async run(args, context) {
    if (!context.interactive)
      throw usage({
        problem: "There is no terminal to show it on.",
        hint: 'For one message: fased agent --message "…"',
      })
    const target = findTarget(args, context)
    const options = { session: args.session, timeoutMs: timeoutOf(args) }
    if (context.env.TERM === "dumb") {
      const { runLines } = await import("../tui/lines.ts")
      return runLines(target, context, options)
    }
    const { runTui } = await import("../tui/run.ts")
    return runTui(target, context, options)
  },
})
