import { printable } from "../printable.ts"
import type { Standing } from "../standing.ts"
import { attention, broken, moveAway, who } from "./verdict.ts"
import type { Reason, Type } from "./verdict.ts"

/** No gateway was reached. */
export const absent = (standing: Standing, { code, message, hint = "" }: Reason, type: Type) => {
  const { target, config, service, port, holder, writable } = standing
  if (code.startsWith("secrets."))
    return broken(
      "secret-missing",
      `The gateway's credential is kept elsewhere and cannot be had, so it was not asked. ${printable(message, 300)}`,
      type("secrets audit", "see what keeps it from being fetched"),
    )
  if (code === "client.plaintext-refused")
    return broken(
      "plaintext",
      message,
      type("gateway tunnel user@host", "go by SSH instead"),
      type("config set gateway.remote.url wss://<host>", "or by TLS, once it is on over there"),
    )
  if (target.kind !== "local")
    return broken(
      target.kind === "remote" ? "remote-unreachable" : "unreachable",
      `${printable(message, 300)} ${printable(hint, 300)}`.trim(),
      type("gateway probe", "try every gateway known here"),
      ...(target.kind === "remote" ? [type("config get gateway.remote", "check the address")] : []),
    )
  const { runtime } = service
  if (holder || runtime?.state === "running")
    return broken(
      "no-answer",
      `The gateway's process runs${holder ? ` (pid ${holder.pid})` : ""}, but does not answer at ${target.url}.`,
      type("logs --follow", "see what it is doing"),
      ...(runtime ? [type("gateway restart", "restart it")] : []),
    )
  if (port) {
    const number = new URL(target.url).port
    return broken(
      "port-taken",
      `No gateway runs, and port ${number}, where it would listen, is held by ${who(port)}.`,
      moveAway(standing, type),
      { run: `kill ${port.pid}`, to: "or stop that program" },
    )
  }
  if (!config.valid) {
    const count = config.issues.length === 1 ? "1 problem" : `${config.issues.length} problems`
    return broken(
      "config-broken",
      `No gateway runs, and none would start: the config file has ${count}.`,
      type("config validate", "see what and where"),
      ...(config.issues.some(({ kind }) => kind === "denied")
        ? []
        : [type("doctor --fix", "mend what can be mended")]),
    )
  }
  if (!writable)
    return broken(
      "state-read-only",
      `No gateway runs, and none would start: the state folder cannot be written.`,
      type("doctor", "see who may write there"),
    )
  if (runtime) return atRest(runtime, type)
  return broken(
    "down",
    "No gateway runs.",
    ...(config.exists
      ? [type("start", "run it here"), type("gateway install", "keep it running as a service")]
      : [type("onboard", "set everything up"), type("start", "or just run it")]),
  )
}

const atRest = (
  { state, detail, restarts = 0 }: NonNullable<Standing["service"]["runtime"]>,
  type: Type,
) => {
  const last = detail ? ` (${printable(detail, 200)})` : ""
  const look = [type("logs --limit 50", "see why"), type("doctor", "check everything")]
  if (state === "starting")
    return attention("starting", "The service is starting.", type("gateway status", "look again"))
  if (state === "failed" && restarts > 1)
    return broken(
      "crash-looping",
      `The service keeps failing: brought back ${restarts} times${last}.`,
      ...look,
    )
  if (state === "failed") return broken("service-failed", `The service failed${last}.`, ...look)
  if (state === "unknown")
    return broken(
      "service-unknown",
      `No gateway answers, and the service manager does not say why${last}.`,
      type("start", "run it here"),
      type("doctor", "check everything"),
    )
  return broken("stopped", "The service is stopped.", type("gateway start", "start it"))
}
