import { httpUrl } from "../../client/target.ts"
import { span } from "../ago.ts"
import { command } from "../command.ts"
import { describeConfig, reportConfig } from "../config-state.ts"
import { describeFollowed } from "../followed-config.ts"
import { findTarget, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { runningHolder } from "../instance.ts"
import { newestLog } from "../log-path.ts"
import { printable } from "../printable.ts"
import { probe } from "../probe.ts"
import { describeRuntime, reportService } from "../service-status.ts"

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
  async run(args, context) {
    const { out, paths } = context
    const target = findTarget(args, context)
    const tried = args.probe ? await probe(target, context, timeoutOf(args)) : undefined
    const config = await reportConfig(context)
    const noted = runningHolder(paths.state)
    const service = await reportService(context, { deep: args.deep, isHeld: noted !== undefined })
    const isOurs = target.kind === "local" && noted?.port === Number(new URL(target.url).port)
    const holder = isOurs ? noted : undefined
    const running =
      Boolean(holder) || (tried?.reachable ?? false) || service.runtime?.state === "running"
    const runtime = describeRuntime(running, service.runtime)
    const pid = running ? (holder?.pid ?? service.runtime?.pid) : undefined
    const code = args["require-rpc"] && !tried?.ok ? 1 : 0
    const logFile = newestLog(paths.logs)
    const dashboard = httpUrl(target)
    if (args.json) {
      out.json({
        service: service.json,
        runtime: { ...runtime, pid },
        rpc: tried,
        gateway: {
          url: target.url,
          mode: target.kind,
          credential: target.credential,
          tlsFingerprint: target.tlsFingerprint,
        },
        dashboard,
        config: { cli: config, ...(service.config && { service: service.config }) },
        logFile,
      })
      return code
    }
    const { good, bad, warn, accent, muted } = out.paint
    const about = [pid && `pid ${pid}`, runtime.detail].filter(Boolean).join(", ")
    out.print(`Service: ${service.line}`)
    out.print(
      `Runtime: ${running ? good("running") : warn(runtime.status)}${about && muted(` (${printable(about)})`)}`,
    )
    if (!tried) out.print(`RPC probe: ${muted("skipped")}`)
    else if (tried.ok) {
      const version = printable(tried.version ?? "unknown version", 40)
      const up = tried.uptimeMs === undefined ? "" : `, up ${span(tried.uptimeMs)}`
      out.print(`RPC probe: ${good("ok")} ${muted(`(${tried.ms} ms, ${version}${up})`)}`)
    } else out.print(`RPC probe: ${bad("failed")} ${printable(tried.error?.message ?? "")}`)
    out.print(`Dashboard: ${accent(dashboard)}`)
    if (target.tlsFingerprint) out.print(`TLS certificate (SHA-256): ${target.tlsFingerprint}`)
    out.print(
      `Config (cli): ${config.valid ? describeConfig(config) : warn(describeConfig(config))}`,
    )
    for (const line of describeFollowed(tried?.config)) out.print(`Config (gateway): ${warn(line)}`)
    if (service.config) out.print(`${warn("Config (service)")}: ${describeConfig(service.config)}`)
    out.print(`Log file: ${logFile}`)
    for (const line of service.advice) out.print(line)
    // Without a gateway its hint is to start one, and a service has its own way.
    if (tried?.error?.hint && (tried.reachable || !service.runtime))
      out.print(`\n${printable(tried.error.hint)}`)
    return code
  },
})
