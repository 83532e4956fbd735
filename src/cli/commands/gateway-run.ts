import { portNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { runInForeground } from "../foreground.ts"
import { setUp } from "../set-up.ts"

export const gatewayRun = command({
  about:
    "Runs until Ctrl-C or SIGTERM, then announces the shutdown, finishes what is running and exits 0. " +
    "Flags apply to this run only; nothing is written to the config.",
  args: {
    port: { type: "string", valueHint: "port", description: "Listen on this port" },
    bind: {
      type: "enum",
      valueHint: "where",
      options: ["loopback", "lan", "tailnet", "auto", "custom"],
      description: "Who can reach the port",
    },
    auth: {
      type: "enum",
      valueHint: "how",
      options: ["token", "password", "none"],
      description: "What clients must present, none on loopback only",
    },
    token: { type: "string", valueHint: "token", description: "Token for this run" },
    password: { type: "string", valueHint: "password", description: "Password for this run" },
    tailscale: {
      type: "enum",
      valueHint: "how",
      options: ["off", "serve", "funnel"],
      description: "Who reaches it through Tailscale",
    },
    "tailscale-reset-on-exit": {
      type: "boolean",
      description: "Take that back when the gateway stops",
    },
    "allow-unconfigured": {
      type: "boolean",
      description: "Start even when gateway.mode is not set",
    },
    force: { type: "boolean", description: "Stop whatever listens on the port first" },
    "last-good": {
      type: "boolean",
      description: "With a broken config file, run on the last good one",
    },
    verbose: { type: "boolean", description: "Show debug lines on the terminal" },
  },
  examples: [
    ["fased gateway run", "as configured"],
    ["fased gateway run --port 19000 --verbose", "on another port, with debug lines"],
    ["fased --dev gateway run", "a throw-away instance on port 19001"],
  ],
  async run({ port, bind, auth, token, password, force, verbose, ...args }, context) {
    const { paths, env, version, out } = context
    // The dev instance is there to be thrown away, so nobody is asked to set it up.
    if (context.instance.includes("--dev") && !args["allow-unconfigured"]) await setUp(context)
    return runInForeground(
      {
        paths,
        env,
        version,
        execPath: context.execPath,
        port: portNumber(port),
        bind,
        auth,
        token,
        password,
        tailscale: args.tailscale,
        tailscaleResetOnExit: args["tailscale-reset-on-exit"],
        force,
        verbose,
        allowUnconfigured: args["allow-unconfigured"],
        lastGood: args["last-good"],
        console: true,
      },
      ({ logFile }) => out.print(`gateway log file: ${logFile}`),
    )
  },
})
