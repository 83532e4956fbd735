import { httpUrl } from "../../client/target.ts"
import { span } from "../ago.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { describeConfig } from "../config-state.ts"
import { describeFollowed } from "../followed-config.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { logFileOf } from "../log-path.ts"
import { printable } from "../printable.ts"
import type { Probe } from "../probe.ts"
import { describeRuntime } from "../service-status.ts"
import { lookAround } from "../standing.ts"
import type { Standing } from "../standing.ts"
import { judge } from "../verdict/judge.ts"
import { printNext, printVerdict } from "../verdict/print.ts"
import { isRunning, who } from "../verdict/verdict.ts"

export const gatewayStatus = command({
  about:
    "Works with the gateway down and with a broken config. Healthy reads: Runtime: running, RPC probe: ok.",
  args: {
    probe: { type: "boolean", default: true, description: "Do not connect" },
    deep: {
      type: "boolean",
      description: "Also look for other gateways' services on this machine",
    },
    "require-rpc": { type: "boolean", description: "Exit code 1 when the probe fails" },
    ...gatewayFlags,
  },
  examples: [
    ["fased gateway status", "is it fine, and if not what to type"],
    ["fased gateway status --require-rpc", "for a script: exit code 1 unless it answers"],
    ["fased gateway status --deep", "which other gateways are on this machine"],
  ],
  async run({ probe, deep, json, ...args }, context) {
    const { out } = context
    const standing = await lookAround(args, context, { deep, ...(!probe && { tried: false }) })
    const verdict = judge(standing, context)
    const logFile = logFileOf(context)
    const code = args["require-rpc"] && !standing.tried?.ok ? 1 : 0
    if (json) {
      out.json({ verdict, ...describe(standing), logFile })
      return code
    }
    printVerdict(out, verdict)
    out.print()
    printFacts(standing, logFile, context)
    printNext(out, verdict)
    return code
  },
})

/** Running is also what answers, though we know nothing of its process. */
const runtimeOf = (standing: Standing) => {
  const { tried, holder, service } = standing
  const running = isRunning(standing) || (tried?.reachable ?? false)
  const pid = running ? (holder?.pid ?? service.runtime?.pid) : undefined
  return { running, pid, ...describeRuntime(running, service.runtime) }
}

/** The same for programs; the names stay. */
const describe = (standing: Standing) => {
  const { target, tried, config, service, port } = standing
  const { running: _, ...runtime } = runtimeOf(standing)
  return {
    service: service.json,
    runtime,
    rpc: tried,
    gateway: {
      url: target.url,
      mode: target.kind,
      credential: target.credential,
      tlsFingerprint: target.tlsFingerprint,
    },
    port: port ?? null,
    dashboard: httpUrl(target),
    config: { cli: config, ...(service.config && { service: service.config }) },
  }
}

const printFacts = (standing: Standing, logFile: string, { out }: Context) => {
  const { target, tried, config, service, port } = standing
  const { good, bad, warn, accent, muted } = out.paint
  const { running, pid, status, detail } = runtimeOf(standing)
  const about = [pid && `pid ${pid}`, detail].filter(Boolean).join(", ")
  out.print(`Service: ${service.line}`)
  out.print(
    `Runtime: ${running ? good("running") : warn(status)}${about && muted(` (${printable(about)})`)}`,
  )
  if (!tried) out.print(`RPC probe: ${muted("skipped")}`)
  else if (tried.ok) out.print(`RPC probe: ${good("ok")} ${muted(`(${describeProbe(tried)})`)}`)
  else out.print(`RPC probe: ${bad("failed")} ${printable(tried.error?.message ?? "")}`)
  if (port) out.print(`Port: held by ${who(port)}`)
  out.print(`Dashboard: ${accent(httpUrl(target))}`)
  if (target.tlsFingerprint) out.print(`TLS certificate (SHA-256): ${target.tlsFingerprint}`)
  out.print(`Config (cli): ${config.valid ? describeConfig(config) : warn(describeConfig(config))}`)
  for (const line of describeFollowed(tried?.config)) out.print(`Config (gateway): ${warn(line)}`)
  if (service.config) out.print(`${warn("Config (service)")}: ${describeConfig(service.config)}`)
  out.print(`Log file: ${logFile}`)
  for (const line of service.advice) out.print(line)
}

const describeProbe = ({ ms, version = "unknown version", uptimeMs }: Probe) =>
  [`${ms} ms`, printable(version, 40), uptimeMs !== undefined && `up ${span(uptimeMs)}`]
    .filter(Boolean)
    .join(", ")
