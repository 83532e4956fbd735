import type { Env } from "../config/paths.ts"

/** How a person elsewhere reaches this machine by SSH. */
export interface SshTarget {
  user: string
  host: string
  port?: number
}

/** As the session this runs in came here, where it came by SSH; else by this machine's own name. */
export const sshTarget = (env: Env, self: { user: string; host: string }): SshTarget => {
  const [, , address, port] = (env.SSH_CONNECTION ?? "").split(" ")
  if (!address || !/^[\da-f.:]+$/i.test(address)) return self
  return { user: self.user, host: address, ...(port && port !== "22" && { port: Number(port) }) }
}

/** The line that makes a gateway's port appear on the machine it is typed on. */
export const tunnelLine = ({ user, host, port }: SshTarget, gatewayPort: number) =>
  [
    "ssh -N -L",
    `${gatewayPort}:127.0.0.1:${gatewayPort}`,
    ...(port ? [`-p ${port}`] : []),
    `${user}@${host}`,
  ].join(" ")
