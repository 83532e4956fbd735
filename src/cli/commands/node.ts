import { loadDevice } from "../../client/device.ts"
import { systemClock } from "../../kernel/clock.ts"
import { recordFile, readRecord } from "../../node-host/record.ts"
import { takeSupervisor } from "../../service/supervisor.ts"
import { command, fased, type Context } from "../command.ts"
import { type NodeArgs, nodeFlags, nodeGateway } from "../node-gateway.ts"
import { openService, serviceFacts } from "../service.ts"

const json = { json: { type: "boolean", description: "One JSON document on stdout" } } as const

/** Runs until a signal; a second one ends it at once. */
const untilSignal = () => {
  const controller = new AbortController()
  for (const [name, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }))
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code)
      controller.abort()
    })
  // While it waits to try again, nothing else would keep this process.
  const stay = setInterval(() => undefined, 2 ** 30)
  return { controller, release: () => clearInterval(stay) }
}

const host = async (
  args: NodeArgs,
  context: Context,
  {
    connected,
    supervised = false,
  }: { connected?: (end: () => void) => void; supervised?: boolean },
) => {
  const { out, paths, version } = context
  const { keep, ...way } = await nodeGateway(args, context)
  const { controller, release } = untilSignal()
  const { supervisor, env } = supervised
    ? await takeSupervisor(context.env, systemClock)
    : { supervisor: undefined, env: context.env }
  supervisor?.ready(`Node of ${way.record.gateway.url}`)
  const { FASED_SERVICE_MARKER: marker, FASED_SERVICE_VERSION: wrote } = context.env
  // After an update its file still is the one of before; where it cannot be written, status says so.
  if (supervised && marker && wrote !== version)
    void openService(context, "node")
      .keepCurrent()
      .catch(() => undefined)
  const { runHost } = await import("../../node-host/host.ts")
  try {
    await runHost({
      ...way,
      paths,
      env,
      version,
      clock: systemClock,
      signal: controller.signal,
      tell(line) {
        out.note(line)
        // What status shows of it.
        supervisor?.ready(line)
      },
      connected() {
        keep()
        connected?.(() => controller.abort())
      },
    })
  } finally {
    release()
  }
}

export const nodeRun = command({
  about:
    "Makes this machine a node: agents of the gateway can run commands here, as far as the list of this machine or somebody's approval allows each. " +
    "The first time somebody lets it in on the gateway; then it has a token of its own, and finds back after restarts of either.",
  args: nodeFlags,
  examples: [
    ["fased node run --setup-code <code>", "with a code from the gateway: fased qr --role node"],
    ["fased node run --host gateway.lan --tls-fingerprint <sha256>", "ask, and wait to be let in"],
  ],
  async run(args, context) {
    await host(args, context, { supervised: true })
  },
})

export const nodeInstall = command({
  about: "Gets this machine let in, then keeps it a node as a service, also after a reboot.",
  args: {
    ...nodeFlags,
    force: { type: "boolean", description: "Write the service file anew" },
    runtime: {
      type: "enum",
      valueHint: "runtime",
      options: ["bun", "node"],
      description: "Only bun, which is built in",
    },
    ...json,
  },
  examples: [["fased node install --setup-code <code>", "a node from now on"]],
  async run({ force, json, runtime, ...args }, context) {
    if (runtime === "node") throw (await import("../../service/faults.ts")).runtimeUnsupported()
    let isIn = false
    await host(args, context, {
      connected(end) {
        isIn = true
        end()
      },
    })
    if (!isIn) return 1
    const service = openService(context, "node")
    const { outcome, installation } = await service.install("user", { force })
    if (outcome === "unchanged") await service.restart()
    if (json) {
      context.out.json({
        ok: true,
        action: "install",
        outcome,
        service: serviceFacts(installation),
      })
      return 0
    }
    context.out.print(
      `${context.out.paint.good("Installed")} ${installation.manager.name} (${installation.manager.path})`,
    )
    return 0
  },
})

export const nodeStatus = command({
  about: "What this machine is a node of, and whether the service runs.",
  args: json,
  examples: [["fased node status", "is this machine a node"]],
  async run({ json }, context) {
    const { out, paths } = context
    const record = readRecord(paths.state)
    const service = openService(context, "node")
    const [installation] = service.installed()
    const runtime = installation && (await service.runtime(installation))
    const nodeId = record ? loadDevice(paths.state).id : undefined
    if (json)
      return out.json({
        node: record && { nodeId, ...record, file: recordFile(paths.state) },
        service: installation ? { ...serviceFacts(installation), runtime } : null,
      })
    if (!record) {
      out.print("This machine is no node of a gateway.")
      return out.print(
        `Make it one: ${out.paint.accent(fased(context, "node run --setup-code <code>"))}`,
      )
    }
    out.print(`${out.paint.heading(record.displayName)} ${out.paint.muted(nodeId!.slice(0, 12))}`)
    out.print(`  Gateway  ${record.gateway.url}`)
    if (record.gateway.tlsFingerprint)
      out.print(`  Pinned   ${out.paint.muted(record.gateway.tlsFingerprint)}`)
    const install = `not installed: ${fased(context, "node install")}`
    out.print(`  Service  ${runtime?.state ?? install}`)
    if (runtime?.state === "running" && runtime.status) out.print(`           ${runtime.status}`)
    else
      out.print(`  Whether it is connected is said there: ${out.paint.accent("fased nodes list")}`)
  },
})

const done = (
  context: Context,
  action: string,
  outcome: string,
  json: boolean | undefined,
  words: string,
) => (json ? context.out.json({ ok: true, action, outcome }) : context.out.print(words))

export const nodeStart = command({
  args: json,
  examples: [["fased node start", "start the installed service"]],
  async run({ json }, context) {
    const { manager } = await openService(context, "node").start()
    done(context, "start", "started", json, `Started ${manager.name}`)
  },
})

export const nodeStop = command({
  args: json,
  examples: [["fased node stop", "until it is started again"]],
  async run({ json }, context) {
    const outcome = await openService(context, "node").stop()
    const words =
      outcome === "absent"
        ? "No service is installed, so there is none to stop."
        : "Stopped the node."
    done(context, "stop", outcome, json, words)
  },
})

export const nodeRestart = command({
  args: json,
  examples: [["fased node restart", "once, by the service manager"]],
  async run({ json }, context) {
    const { manager } = await openService(context, "node").restart()
    done(context, "restart", "restarted", json, `Restarted ${manager.name}`)
  },
})

export const nodeUninstall = command({
  about:
    "Stops the service and removes its file. On the gateway, the node stays paired until it is removed there.",
  args: json,
  examples: [["fased node uninstall", "remove the service, and nothing else"]],
  async run({ json }, context) {
    const removed = await openService(context, "node").uninstall()
    const words = removed
      ? `Removed ${removed.manager.name} (${removed.manager.path})`
      : "No service is installed, so there is none to remove."
    done(context, "uninstall", removed ? "removed" : "absent", json, words)
  },
})
