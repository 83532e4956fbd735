import { approvalsCapability } from "../../client/wire.ts"
import { loadAside } from "../../kernel/aside.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { findTarget, openGateway, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import type * as Lines from "../tui/lines.ts"
import type * as Screen from "../tui/run.ts"

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
    const isPlain = context.env.TERM === "dumb"
    const target = findTarget(args, context)
    // On the whole screen there is no line left for a note.
    const shown = isPlain ? context : { ...context, out: { ...context.out, note: () => undefined } }
    const options = { timeoutMs: timeoutOf(args), caps: [approvalsCapability, "tool-events"] }
    const surroundings = {
      where: target.url,
      session: args.session,
      open: () => openGateway(target, shown, options),
      paint: context.out.paint,
      print: context.out.print,
    }
    if (isPlain) {
      const { runLines } = await loadAside<typeof Lines>("cli/tui/lines")
      return runLines(surroundings)
    }
    const { runTui } = await loadAside<typeof Screen>("cli/tui/run")
    return runTui(surroundings)
  },
})
