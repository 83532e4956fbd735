import { createHash } from "node:crypto"
import type { DockerConfig } from "../agents/sandbox.ts"
import { isSecretName } from "../kernel/secret.ts"
import type { Bind } from "./binds.ts"
import { badNetwork } from "./faults.ts"

export const labels = {
  instance: "ai.fased.instance",
  scope: "ai.fased.scope",
  agent: "ai.fased.agent",
  config: "ai.fased.config",
}

/** Everything about a container but its name: what differs makes it another container. */
export const containerFlags = (config: DockerConfig, binds: readonly Bind[]): string[] => {
  const network = config.network.toLowerCase()
  const joins = network.startsWith("container:")
  if (network === "host" || (joins && !config.dangerouslyAllowContainerNamespaceJoin))
    throw badNetwork({ network: config.network })
  const many = (flag: string, values: readonly string[] = []) =>
    values.flatMap((value) => [flag, value])
  const one = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, String(value)]
  return [
    "--init",
    ...(config.readOnlyRoot ? ["--read-only"] : []),
    ...many("--tmpfs", config.tmpfs),
    ...one("--network", config.network),
    ...one("--user", config.user),
    ...many("--cap-drop", config.capDrop),
    ...many("--security-opt", ["no-new-privileges"]),
    ...many("--security-opt", config.seccompProfile ? [`seccomp=${config.seccompProfile}`] : []),
    ...many("--security-opt", config.apparmorProfile ? [`apparmor=${config.apparmorProfile}`] : []),
    ...one("--pids-limit", config.pidsLimit),
    ...one("--memory", config.memory),
    ...one("--memory-swap", config.memorySwap),
    ...one("--cpus", config.cpus),
    ...Object.entries(config.ulimits).flatMap(([name, limit]) => [
      "--ulimit",
      `${name}=${typeof limit === "object" ? `${limit.soft}:${limit.hard}` : limit}`,
    ]),
    ...many("--dns", config.dns),
    ...many("--add-host", config.extraHosts),
    ...Object.entries(config.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...one("--workdir", config.workdir),
    ...binds.flatMap(({ from, to, writable }) => [
      "--mount",
      `type=bind,src=${from},dst=${to}${writable ? "" : ",readonly"}`,
    ]),
  ]
}

/** Names a form of container, so that one made otherwise is known. */
export const formOf = (config: DockerConfig, flags: readonly string[]) =>
  createHash("sha256")
    .update(JSON.stringify([config.image, config.setupCommand, flags]))
    .digest("hex")
    .slice(0, 16)

/** Values of variables that are secret by their name are not shown. */
export const shownFlags = (flags: readonly string[]) =>
  flags.map((word, at) => {
    const name = flags[at - 1] === "--env" ? word.slice(0, word.indexOf("=")) : ""
    return name && isSecretName(name) ? `${name}=***` : word
  })
