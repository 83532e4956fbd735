import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { programPath } from "./programs.ts"

/** A real sshd on a free port of loopback, and a key it lets in. */
export const startSshServer = async (folder: string) => {
  chmodSync(folder, 0o700)
  for (const name of ["host", "key", "stranger"])
    await Bun.$`${programPath("ssh-keygen")} -q -t ed25519 -N ${""} -f ${join(folder, name)}`.quiet()
  writeFileSync(join(folder, "authorized_keys"), readFileSync(join(folder, "key.pub")), {
    mode: 0o600,
  })
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 })
  const port = freePort()
  writeFileSync(
    join(folder, "sshd_config"),
    `ListenAddress 127.0.0.1:${port}
HostKey ${join(folder, "host")}
PidFile none
AuthorizedKeysFile ${join(folder, "authorized_keys")}
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
`,
  )
  const child = Bun.spawn([programPath("sshd"), "-D", "-e", "-f", join(folder, "sshd_config")], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  })
  await firstLine(child.stderr, /Server listening/)
  const [type, host] = readFileSync(join(folder, "host.pub"), "utf8").split(" ")
  return {
    port,
    /** The key it lets in, and one it does not. */
    key: join(folder, "key"),
    stranger: join(folder, "stranger"),
    /** Its line for a file of known hosts. */
    knownHost: `[127.0.0.1]:${port} ${type} ${host}\n`,
    async [Symbol.asyncDispose]() {
      child.kill()
      await child.exited
    },
  }
}

const firstLine = async (stream: ReadableStream<Uint8Array>, wanted: RegExp) => {
  let text = ""
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk)
    if (wanted.test(text)) return
  }
  throw new Error(`sshd did not start: ${text}`)
}

const freePort = () => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const { port } = server
  server.stop(true)
  return port
}
