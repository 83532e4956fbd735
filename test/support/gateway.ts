import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { start, type RunningGateway, type StartOptions } from "../../src/app.ts"
import { connect, type Client, type ConnectOptions } from "../../src/client/connect.ts"
import { resolvePaths, type Paths } from "../../src/config/paths.ts"
import { writeFileAtomic } from "../../src/store/files.ts"

export const testToken = "test-token-0123456789abcdef0123456789abcdef"

export interface TestGateway extends AsyncDisposable {
  running: RunningGateway
  paths: Paths
  /** `ws://127.0.0.1:<port>/`, or `wss://` with TLS */
  wsUrl: string
  /** A signed-in client with every scope; more come from `connect`. */
  client: Client
  connect(options?: Partial<ConnectOptions>): Promise<Client>
  /** Stops it, keeps its home; `startGateway({ home })` starts another on the same state. */
  stop(): Promise<void>
  home: string
}

/** Knows no provider but its own: whatever a sweep over all methods stores or asks for, nothing is dialled. */
export const offline = { models: { mode: "replace" } }

/** A folder that is gone when the test is. */
export const temporaryHome = async () => {
  const path = await mkdtemp(join(tmpdir(), "fased-test-"))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/**
 * The client, its answers and events a turn of the event loop later. `expect(…).rejects` runs that loop
 * until its promise has settled; begun while a socket hands out what it read, it has the same socket
 * read once more in the middle of that, and Bun's client then takes the rest for a broken frame.
 */
const outsideItsSocket = (client: Client): Client => ({
  ...client,
  call: (...words) => client.call(...words).finally(nextTurn),
  request: (...words) => client.request(...words).finally(nextTurn),
  on: (event, listener) => client.on(event, (...heard) => void setImmediate(listener, ...heard)),
})
const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve))

/** A real gateway in this process, on a free port, with a home of its own in a temporary folder. */
export const startGateway = async (
  options: {
    /** Merged over a config that only sets mode, token and no starter files. */
    config?: Record<string, unknown>
    /** A home to use and keep; without one, a fresh one is made and removed. */
    home?: string
    env?: Record<string, string>
    start?: Partial<StartOptions>
    /** How the first client signs in, where the test token will not do. */
    client?: Partial<ConnectOptions>
  } = {},
): Promise<TestGateway> => {
  const own = options.home === undefined ? await temporaryHome() : undefined
  const home = options.home ?? own!.path
  const env = { HOME: home, PATH: process.env.PATH, ...options.env }
  const paths = resolvePaths(env)
  if (options.config || own)
    writeFileAtomic(
      paths.config,
      JSON.stringify({
        agents: { defaults: { skipBootstrap: true } },
        ...options.config,
        gateway: {
          mode: "local",
          auth: { mode: "token", token: testToken },
          ...(options.config?.gateway as object | undefined),
        },
      }),
    )
  const running = await start({ paths, env, version: "0.0.0-test", port: 0, ...options.start })
  const wsUrl = running.url.replace("http", "ws")
  const clients: Client[] = []
  const open = async (more: Partial<ConnectOptions> = {}) => {
    const client = await connect({
      url: wsUrl,
      tlsFingerprint: running.tlsFingerprint,
      token: testToken,
      clientId: "test",
      mode: "test",
      version: "0.0.0-test",
      ...more,
    })
    clients.push(client)
    return outsideItsSocket(client)
  }
  let stopped: Promise<void> | undefined
  const stop = () =>
    (stopped ??= (async () => {
      for (const client of clients) await client.close()
      await running.stop("test over")
    })())
  return {
    running,
    paths,
    wsUrl,
    client: await open(options.client),
    connect: open,
    stop,
    home,
    async [Symbol.asyncDispose]() {
      await stop()
      await own?.[Symbol.asyncDispose]()
    },
  }
}
