import { setTimeout as wait } from "node:timers/promises"
import { Fault } from "../../kernel/fault.ts"
import { parseSshTarget } from "../../client/ssh.ts"
import { portNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import { openTunnel, type Tunnel } from "../ssh-tunnel.ts"

/** Between tries to have a dropped tunnel back; the last one repeats. */
const pausesMs = [1_000, 2_000, 5_000, 15_000, 30_000]

export const gatewayTunnel = command({
  about:
    "Forwards a port of this machine to the gateway's loopback port on another, by SSH, until Ctrl-C. " +
    "The gateway still asks for its token; nothing is opened to the network.",
  args: {
    target: { type: "positional", required: true, description: "user@host or user@host:port" },
    "remote-port": {
      type: "string",
      valueHint: "port",
      description: "The gateway's port over there",
      default: "18789",
    },
    "local-port": {
      type: "string",
      valueHint: "port",
      description: "The port here; a free one when not given",
    },
    "ssh-identity": { type: "string", valueHint: "file", description: "The private key to use" },
    json: { type: "boolean", description: "One JSON document on stdout once it is up" },
  },
  examples: [
    ["fased gateway tunnel ada@vps.example.net", "to a gateway on its usual port"],
    ["fased gateway tunnel vps --remote-port 19001 --local-port 19001", "between two ports"],
  ],
  async run(args, context) {
    const { out, env } = context
    const target = parseSshTarget(args.target)
    const forward = {
      target,
      remotePort: portNumber(args["remote-port"])!,
      localPort: portNumber(args["local-port"]),
      identity: args["ssh-identity"],
    }
    const stop = Promise.withResolvers<"stop">()
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.resolve("stop"))

    let tunnel = await openTunnel({ ...forward, batch: !context.interactive }, { env })
    const { port } = tunnel
    const url = `ws://127.0.0.1:${port}`
    if (args.json) out.json({ port, url, dashboard: `http://127.0.0.1:${port}/` })
    else {
      const { good, accent, muted } = out.paint
      out.print(`${good("Tunnel up")} to ${target.host} ${muted("(Ctrl-C ends it)")}\n`)
      out.print(`Control UI  ${accent(`http://127.0.0.1:${port}/`)}`)
      out.print(`Commands    ${accent(fased(context, `status --url ${url} --token <token>`))}`)
      out.print(`\nThe token is on ${target.host}: ${accent("fased dashboard --no-open")}`)
    }
    for (;;) {
      if ((await Promise.race([tunnel.ended, stop.promise])) === "stop") break
      out.note(out.notePaint.warn(`The tunnel to ${target.host} broke; trying to have it back.`))
      const again = await reopened(
        () => openTunnel({ ...forward, localPort: port, batch: true }, { env }),
        stop.promise,
      )
      if (!again) return 0
      tunnel = again
      out.note(out.notePaint.good("Tunnel up again."))
    }
    await tunnel[Symbol.asyncDispose]()
    return 0
  },
})

const reopened = async (
  open: () => Promise<Tunnel>,
  stopped: Promise<"stop">,
): Promise<Tunnel | undefined> => {
  for (let tries = 0; ; tries++) {
    const pause = pausesMs[Math.min(tries, pausesMs.length - 1)]
    if ((await Promise.race([wait(pause), stopped])) === "stop") return undefined
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
}
