import { badSshTarget } from "./faults.ts"

/** A machine to reach by SSH. */
export interface SshTarget {
  user?: string
  /** Name or address, as `ssh` takes it; an alias of `~/.ssh/config` is one too. */
  host: string
  port?: number
}

const form =
  /^(?:(?<user>[A-Za-z0-9_][A-Za-z0-9._-]{0,63})@)?(?:\[(?<six>[0-9A-Fa-f:]{2,45})\]|(?<host>[A-Za-z0-9_][A-Za-z0-9._-]{0,252}))(?::(?<port>\d{1,5}))?$/

/** Reads `user@host:port`. What could be an option of ssh, or more than one word, is refused. */
export const parseSshTarget = (text: string): SshTarget => {
  const { user, six, host, port } = form.exec(text)?.groups ?? {}
  const name = host ?? six
  if (!name || (port && !(Number(port) > 0 && Number(port) < 65_536)))
    throw badSshTarget({ target: text })
  return { host: name, ...(user && { user }), ...(port && { port: Number(port) }) }
}

export interface Forward {
  target: SshTarget
  localPort: number
  /** The gateway's port over there, on its loopback. */
  remotePort: number
  /** File of the private key. */
  identity?: string
  /** Nobody is there to answer ssh's questions. */
  batch?: boolean
}

/** The arguments that make `ssh` a tunnel and nothing else, until it is ended. */
export const forwardArguments = ({ target, localPort, remotePort, identity, batch }: Forward) => [
  "-N",
  "-T",
  "-a",
  "-x",
  ...Object.entries({
    ExitOnForwardFailure: "yes",
    ConnectTimeout: "10",
    ServerAliveInterval: "15",
    ServerAliveCountMax: "3",
    PermitLocalCommand: "no",
    ControlPath: "none",
    ...(batch && { BatchMode: "yes" }),
  }).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
  "-L",
  `127.0.0.1:${localPort}:127.0.0.1:${remotePort}`,
  ...(target.port ? ["-p", String(target.port)] : []),
  ...(target.user ? ["-l", target.user] : []),
  ...(identity ? ["-i", identity] : []),
  "--",
  target.host,
]

/** What ssh's last words mean to the person who started it. */
export const explainSsh = (words: string): string => {
  const known = reasons.find(([pattern]) => pattern.test(words))
  return known?.[1] ?? "See why with -v: run the ssh command below by hand."
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /host key verification failed|authenticity of host/i,
    "Its host key is not known here, or has changed: connect once by hand and compare the fingerprint.",
  ],
  [
    /permission denied|too many authentication failures/i,
    "It refused the login: name the key with --ssh-identity, or the user as user@host.",
  ],
  [/could not resolve|name or service not known/i, "No such host name: check the spelling."],
  [
    /connection refused|timed out|no route to host|unreachable/i,
    "Nothing answers SSH there: check the address, the port (user@host:port) and the network.",
  ],
  [
    /address already in use|cannot listen|could not request local forwarding/i,
    "That port is taken on this machine: choose another with --local-port.",
  ],
  [
    /administratively prohibited|open failed/i,
    "That server does not allow forwarding (AllowTcpForwarding in its sshd_config).",
  ],
]
