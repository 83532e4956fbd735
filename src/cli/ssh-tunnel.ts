import { existsSync } from "node:fs"
import { setTimeout as wait } from "node:timers/promises"
import { noSsh, tunnelFailed } from "../client/faults.ts"
import { explainSsh, type Forward, forwardArguments } from "../client/ssh.ts"
import { printable } from "./printable.ts"

export interface Tunnel extends AsyncDisposable {
  /** 127.0.0.1 here, the gateway's port there. */
  port: number
  /** Settles when ssh ends, by itself or because it was told to. */
  ended: Promise<void>
  /** Ends it; resolves when it has. */
  close(): Promise<void>
}

/** Only these: what a PATH or a config names is no ssh. */
const programs = ["/usr/bin/ssh", "/bin/ssh", "/run/current-system/sw/bin/ssh"]
const systemSsh = () => programs.find((path) => existsSync(path))

const lastWords = 4_000

/** Opens a tunnel and gives it once something listens at this end. Throws why it could not be had. */
export const openTunnel = async (
  forward: Omit<Forward, "localPort"> & { localPort?: number },
  {
    env,
    program = systemSsh(),
    timeoutMs = 20_000,
  }: {
    env: Readonly<Record<string, string | undefined>>
    program?: string
    timeoutMs?: number
  },
): Promise<Tunnel> => {
  if (!program) throw noSsh()
  const port = forward.localPort ?? freePort()
  const child = Bun.spawn([program, ...forwardArguments({ ...forward, localPort: port })], {
    env: sshEnv(env),
    stdin: forward.batch ? "ignore" : "inherit",
    stdout: "ignore",
    stderr: "pipe",
  })
  let words = ""
  const listening = (async () => {
    for await (const chunk of child.stderr)
      words = (words + new TextDecoder().decode(chunk)).slice(-lastWords)
  })()
  const failure = () =>
    tunnelFailed({
      host: forward.target.host,
      words: printable(words.trim().split("\n").at(-1) ?? "", 200).replace(/\.$/, ""),
      explanation: explainSsh(words),
    })
  const ended = Promise.all([child.exited, listening]).then(() => undefined)
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const close = async () => {
    child.kill()
    await ended
  }
  // Somebody may be typing a password: then only ssh itself gives up.
  const deadline = forward.batch ? performance.now() + timeoutMs : Infinity
  while (!isOver() && !(await accepts(port))) {
    if (performance.now() > deadline) {
      await close()
      throw failure()
    }
    await Promise.race([wait(50), ended])
  }
  if (isOver()) {
    await ended
    throw failure()
  }
  return { port, ended, close, [Symbol.asyncDispose]: close }
}

/** What ssh needs to find keys and to ask; nothing else of ours. */
const sshEnv = (env: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    [
      "PATH",
      "HOME",
      "USER",
      "LOGNAME",
      "SSH_AUTH_SOCK",
      "SSH_ASKPASS",
      "DISPLAY",
      "TERM",
      "LANG",
    ].flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  )

const freePort = () => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  return port
}

const accepts = (port: number) =>
  Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).then(
    (socket) => {
      socket.end()
      return true
    },
    () => false,
  )
