import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hostBinary, isStale } from "../../build/compile.ts"
import type { FakeModel } from "./fake-model.ts"

if (await isStale())
  throw new Error("dist/fased is missing or older than the sources. Build it first: npm run build")

export interface Ran {
  code: number
  out: string
  err: string
}

/** A running `fased`, and what it has printed so far. */
export interface Program extends AsyncDisposable {
  readonly pid: number
  readonly exited: Promise<number>
  out(): string
  err(): string
  /** Resolves when `text` is somewhere in what it printed; throws when it ends without. */
  printed(text: string): Promise<void>
  /** Sends the signal and resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number>
}

/** A gateway in a home of its own. */
export interface Gateway extends Program {
  readonly port: number
  /** `http://127.0.0.1:<port>/`, or `https://` with TLS */
  readonly url: string
  readonly wsUrl: string
  readonly token: string
  readonly dashboardUrl: string
}

export interface Home extends AsyncDisposable {
  readonly path: string
  readonly state: string
  readonly configFile: string
  /** Writes the config: an object over one that only sets mode and token, or a text as it is. */
  configure(config: Record<string, unknown> | string): void
  /** Runs a command to its end. */
  fased(args: readonly string[], options?: { env?: Env; stdin?: string }): Promise<Ran>
  /** Starts a command that is watched while it runs. */
  spawn(args: readonly string[], env?: Env): Program
  /** Runs `fased start` and waits until it says that it runs. Default: any free port. */
  start(options?: { port?: number; env?: Env; cwd?: string }): Promise<Gateway>
}
type Env = Record<string, string>

export const testToken = "e2e-token-0123456789abcdef0123456789abcdef"

/** An empty home, in which nothing of this machine's environment is left. */
export const freshHome = (path = mkdtempSync(join(tmpdir(), "fased-e2e-"))): Home => {
  mkdirSync(path, { recursive: true })
  const state = join(path, ".fased")
  const configFile = join(state, "fased.json")
  const programs: Program[] = []

  const spawn = (args: readonly string[], env: Env = {}, { stdin = "", cwd = path } = {}) => {
    const program = watch(
      Bun.spawn([hostBinary, ...args], {
        cwd,
        env: { HOME: path, PATH: "/usr/local/bin:/usr/bin:/bin", ...env },
        stdin: Buffer.from(stdin),
        stdout: "pipe",
        stderr: "pipe",
      }),
    )
    programs.push(program)
    return program
  }

  return {
    path,
    state,
    configFile,
    spawn: (args, env) => spawn(args, env),
    configure(config) {
      mkdirSync(state, { recursive: true, mode: 0o700 })
      chmodSync(state, 0o700)
      writeFileSync(configFile, typeof config === "string" ? config : text(config), { mode: 0o600 })
    },
    async fased(args, { env, stdin } = {}) {
      const program = spawn(args, env, { stdin })
      const code = await program.exited
      return { code, out: program.out(), err: program.err() }
    },
    async start({ port = 0, env, cwd } = {}) {
      const program = spawn(["start"], { FASED_GATEWAY_PORT: `${port}`, ...env }, { cwd })
      await program.printed("Ctrl-C stops it.")
      const [dashboardUrl] = /https?:\/\/\S+#token=\S+/.exec(program.out()) ?? []
      if (!dashboardUrl) throw new Error(`no dashboard link in:\n${program.out()}`)
      const { origin, port: taken, hash } = new URL(dashboardUrl)
      return {
        ...program,
        port: Number(taken),
        url: `${origin}/`,
        wsUrl: `${origin.replace("http", "ws")}/`,
        token: hash.replace("#token=", ""),
        dashboardUrl,
      }
    },
    async [Symbol.asyncDispose]() {
      for (const program of programs) await program[Symbol.asyncDispose]()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

const text = ({ gateway, ...rest }: Record<string, unknown>) =>
  JSON.stringify({
    agents: { defaults: { skipBootstrap: true } },
    ...rest,
    gateway: {
      mode: "local",
      auth: { mode: "token", token: testToken },
      ...(gateway as object | undefined),
    },
  })

/** A config in which `model` answers, instead of the built-in guide. */
export const answeredBy = (model: FakeModel) => ({
  agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
  models: { mode: "replace", providers: { fake: model.provider("openai-completions") } },
})

const watch = (child: Bun.Subprocess<Buffer, "pipe", "pipe">): Program => {
  const printed = { out: "", err: "" }
  const watchers = new Set<() => void>()
  const read = async (stream: ReadableStream<Uint8Array>, into: "out" | "err") => {
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      printed[into] += decoder.decode(piece, { stream: true })
      for (const look of watchers) look()
    }
  }
  const ended = Promise.all([child.exited, read(child.stdout, "out"), read(child.stderr, "err")])
  const end = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal)
    return child.exited
  }
  return {
    pid: child.pid,
    exited: ended.then(([code]) => code),
    out: () => printed.out,
    err: () => printed.err,
    printed: (wanted) =>
      new Promise((resolve, reject) => {
        const settle = (why?: string) => {
          watchers.delete(look)
          clearTimeout(patience)
          if (why === undefined) return resolve()
          reject(new Error(`${why} without "${wanted}":\n${printed.out}${printed.err}`))
        }
        const look = () => {
          if ((printed.out + printed.err).includes(wanted)) settle()
        }
        const patience = setTimeout(() => settle("ten seconds passed"), 10_000)
        watchers.add(look)
        look()
        void ended.then(([code]) => settle(`ended (${code})`))
      }),
    end,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL")
    },
  }
}

/** A port on which nothing listens. */
export const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Memory a process holds, in megabytes. */
export const residentMegabytes = async (pid: number) => {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")
  return (Number(pages) * 4096) / 1e6
}
