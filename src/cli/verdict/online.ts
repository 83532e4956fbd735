import { httpUrl } from "../../client/target.ts"
import { describeFollowed } from "../followed-config.ts"
import { printable } from "../printable.ts"
import type { Probe } from "../probe.ts"
import type { Standing } from "../standing.ts"
import { again, attention, broken, isRunning, moveAway, who } from "./verdict.ts"
import type { Type, Verdict } from "./verdict.ts"

/** The gateway answers; what of it somebody should know. */
export const online = (standing: Standing, tried: Probe, version: string, type: Type): Verdict => {
  const { target, service, holder, port } = standing
  const isLocal = target.kind === "local"
  const [notInForce] = describeFollowed(tried.config)
  const at = `at ${httpUrl(target)}`
  if (tried.config?.valid === false || tried.config?.lastGoodAt !== undefined)
    return attention(
      "config-not-in-force",
      `Online ${at}, but not on its config file: ${notInForce}.`,
      type("config validate", "see what is wrong with the file"),
      type("config undo", "put the version before back"),
    )
  if (tried.config?.secrets === "degraded")
    return attention(
      "secrets-degraded",
      `Online ${at}, but ${notInForce}.`,
      type("secrets audit", "see which secret, and why"),
    )
  if (isLocal && port?.command === "ssh")
    return attention(
      "tunnel",
      `Online ${at}: the gateway at the other end of an SSH tunnel (pid ${port.pid}), not one of this machine.`,
      { run: `kill ${port.pid}`, to: "end the tunnel" },
    )
  if (isLocal && !isRunning(standing) && port)
    return attention(
      "other-instance",
      `Online ${at}, but that gateway (${who(port)}) is not this instance's own, which does not run.`,
      moveAway(standing, type),
      type("start", "then run it"),
    )
  if (isLocal && tried.version && tried.version !== version)
    return attention(
      "other-version",
      `Online ${at}, but it runs version ${printable(tried.version, 40)}, and this is ${version}.`,
      ...again(standing, type),
    )
  if (service.differs)
    return attention(
      "service-drifted",
      `Online ${at}, but its service is not what would be installed now.`,
      type("gateway install --force", "write the service anew"),
    )
  if (notInForce)
    return attention("restart-needed", `Online ${at}; ${notInForce}.`, ...again(standing, type))
  const by = holder ? ` (pid ${holder.pid})` : ""
  return { ...broken("online", `Online ${at}${by}.`), grade: "well" }
}
