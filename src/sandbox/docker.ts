import type { Env } from "../config/paths.ts"
import type { Clock } from "../kernel/clock.ts"
import { dockerRefused, noDocker } from "./faults.ts"

export interface Ran {
  code: number | null
  out: string
  err: string
}

/** The client of a container engine. */
export interface Docker {
  /** Its absolute path; undefined when there is none. */
  readonly program: string | undefined
  /** What it needs of the environment, and nothing else. */
  readonly env: Readonly<Record<string, string>>
  run(args: readonly string[], timeoutMs?: number): Promise<Ran>
  /** As `run`, and throws when it fails. `what` follows "could not". */
  must(what: string, args: readonly string[], timeoutMs?: number): Promise<string>
  /** Throws `sandbox.no-docker` when no engine answers. Asked again once a minute at most. */
  require(): Promise<void>
}

const deadlineMs = 60_000
const answerMs = 10_000
const trustMs = 60_000

const passed =
  /^(?:PATH|HOME|LANG|DOCKER_(?:HOST|CONTEXT|CONFIG|TLS_VERIFY|CERT_PATH|API_VERSION)|XDG_RUNTIME_DIR)$/

export const createDocker = (environment: Env, clock: Clock): Docker => {
  const env = Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => passed.test(entry[0]) && entry[1] !== undefined,
    ),
  )
  let answeredAt = -Infinity
  const find = () => Bun.which("docker", { PATH: env.PATH ?? "" }) ?? undefined

  const run = async (args: readonly string[], timeoutMs = deadlineMs): Promise<Ran> => {
    const program = find()
    if (!program) return { code: 127, out: "", err: "there is no docker command on this machine" }
    const child = Bun.spawn([program, ...args], {
      env,
      cwd: "/",
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    })
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    return {
      code,
      out: out.trim(),
      err: child.signalCode ? `it did not answer within ${timeoutMs / 1000} s` : err.trim(),
    }
  }

  return {
    get program() {
      return find()
    },
    env,
    run,
    async must(what, args, timeoutMs) {
      const { code, out, err } = await run(args, timeoutMs)
      if (code !== 0) throw dockerRefused({ what, reason: (err || out).slice(-2000) })
      return out
    },
    async require() {
      if (clock.now() - answeredAt < trustMs) return
      const reason = unanswered(await run(["version", "--format", "{{.Server.Version}}"], answerMs))
      if (reason) throw noDocker({ reason })
      answeredAt = clock.now()
    },
  }
}

/** Why an engine did not answer, in the client's words; undefined when it did. */
export const unanswered = ({ code, err }: Ran): string | undefined => {
  if (code === 0) return undefined
  const said = err
    .split("\n")
    .at(-1)
    ?.slice(0, 300)
    .replace(/(?<=[.!?])\s+[^.?!]*\?\s*$/, "")
    .replace(/[\s.!]+$/, "")
  return said || `docker ended with code ${code}`
}
