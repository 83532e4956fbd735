import { httpUrl } from "../../client/target.ts"
import { span } from "../ago.ts"
import { command } from "../command.ts"
import { describeConfig, reportConfig } from "../config-state.ts"
import { findTarget, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { runningHolder } from "../instance.ts"
import { newestLog } from "../log-path.ts"
import { printable } from "../printable.ts"
import { probe } from "../probe.ts"

export const gatewayStatus = command({
  about:
    "Works with the gateway down and with a broken config. Healthy reads: Runtime: running, RPC probe: ok.",
  args: {
    probe: { type: "boolean", default: true, description: "Do not connect" },
    "require-rpc": { type: "boolean", description: "Exit code 1 when the probe fails" },
    ...gatewayFlags,
  },
  async run(args, context) {
    const { out, paths } = context
    const target = findTarget(args, context)
    const tried = args.probe ? await probe(target, context, timeoutOf(args)) : undefined
    const config = await reportConfig(context)
    const noted = runningHolder(paths.state)
    const isOurs = target.kind === "local" && noted?.port === Number(new URL(target.url).port)
    const holder = isOurs ? noted : undefined
    const running = Boolean(holder) || (tried?.reachable ?? false)
    const code = args["require-rpc"] && !tried?.ok ? 1 : 0
    const logFile = newestLog(paths.logs)
    const dashboard = httpUrl(target)
    if (args.json) {
      out.json({
        runtime: { status: running ? "running" : "stopped", pid: holder?.pid },
        rpc: tried,
        gateway: {
          url: target.url,
          mode: target.kind,
          credential: target.credential,
          tlsFingerprint: target.tlsFingerprint,
        },
        dashboard,
        config: { cli: config },
        logFile,
      })
      return code
    }
    const { good, bad, warn, accent, muted } = out.paint
    const pid = holder ? muted(` (pid ${holder.pid})`) : ""
    out.print(`Runtime: ${running ? good("running") : warn("stopped")}${pid}`)
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
    out.print(`Log file: ${logFile}`)
    if (tried?.error?.hint) out.print(`\n${printable(tried.error.hint)}`)
    return code
  },
})
