import { httpUrl } from "../../client/target.ts"
import { portNumber } from "../arguments.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { reportConfig } from "../config-state.ts"
import { dashboardLink } from "../dashboard-link.ts"
import { runInForeground } from "../foreground.ts"
import { findTarget, openGateway } from "../gateway-client.ts"
import { runningHolder } from "../instance.ts"
import { logFileOf } from "../log-path.ts"
import { printNextSteps } from "../next-steps.ts"
import { setUp } from "../set-up.ts"

export const start = command({
  about:
    "The first time it makes a config with a long random token and a workspace for your agent. Then it " +
    "runs the gateway in this terminal until Ctrl-C. When it runs already, it only shows what to do next.",
  args: {
    port: { type: "string", valueHint: "port", description: "Listen on this port" },
    "last-good": {
      type: "boolean",
      description: "With a broken config file, run on the last good one",
    },
    verbose: { type: "boolean", description: "Show debug lines on the terminal" },
  },
  examples: [
    ["fased start", "set up and run"],
    ["fased --profile work start --port 18809", "a second gateway, apart from the first"],
  ],
  async run({ port, verbose, ...args }, context) {
    const { out, paths, env, version } = context
    if (await alreadyRuns(context)) return 0
    // Of a broken file the start itself says what would do instead.
    if ((await reportConfig(context)).valid) await setUp(context)
    return runInForeground(
      {
        paths,
        env,
        version,
        execPath: context.execPath,
        port: portNumber(port),
        verbose,
        console: true,
        lastGood: args["last-good"],
      },
      (gateway) => {
        out.print(`${out.paint.good("Gateway running")} at ${gateway.url}`)
        printNextSteps(context, gateway)
        out.print(out.paint.muted("Ctrl-C stops it."))
      },
    )
  },
})

/** Shows the way in when this instance's gateway answers; anything else is for the start to find out. */
const alreadyRuns = async (context: Context) => {
  const { out, paths } = context
  const holder = runningHolder(paths.state)
  if (!holder) return false
  const target = findTarget({ port: String(holder.port) }, context)
  try {
    await using _client = await openGateway(target, context, { timeoutMs: 3000, mode: "probe" })
  } catch {
    return false
  }
  out.print(`The gateway runs already, at ${httpUrl(target)} (pid ${holder.pid})`)
  printNextSteps(context, { dashboardUrl: dashboardLink(target), logFile: logFileOf(context) })
  return true
}
