import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { accountSchema } from "../../src/channels/resolve.ts"
import { type Clock, systemClock } from "../../src/kernel/clock.ts"
import type { Log } from "../../src/kernel/log.ts"
import type { ConnectContext } from "../../src/kernel/connect-context.ts"
import type { AnyChannel, Arrival, Connection, Heard } from "../../src/kernel/network.ts"
import type { FakeNetwork } from "./fake-network.ts"
import { silentLog } from "./silent-log.ts"

interface Hosting {
  settings?: Record<string, unknown>
  /** What outlasts a restart; the same map for two connections is one account restarted. */
  memory?: Map<string, string>
  /** What becomes of an arrival. */
  hear?: (arrival: Arrival) => Promise<Heard> | Heard
  menu?: Awaited<ReturnType<ConnectContext["menu"]>>
  clock?: Clock
  environment?: Record<string, string>
  log?: Log
}

type Handler = Parameters<ConnectContext["mount"]>[1]

/** The gateway's side of an adapter, for tests: connects it to a fake network and keeps what arrives. */
export const connectAdapter = async (
  channel: AnyChannel,
  network: Pick<FakeNetwork, "settings">,
  {
    settings,
    memory = new Map(),
    hear,
    menu = [],
    clock = systemClock,
    environment = {},
    log = silentLog,
  }: Hosting = {},
) => {
  const folder = await mkdtemp(join(tmpdir(), "fased-adapter-"))
  const stopping = new AbortController()
  const arrivals: Arrival[] = []
  const waiting = new Set<() => void>()
  const mounted = new Map<string, Handler>()
  const renamed: { kind: string; from: string; to: string }[] = []
  const menuListeners = new Set<() => void>()
  let signs = 0

  const context: ConnectContext = {
    account: "default",
    async arrived(arrival) {
      arrivals.push(arrival)
      for (const look of waiting) look()
      return (await hear?.(arrival)) ?? { kind: "taken", runId: `run-${arrivals.length}` }
    },
    alive: () => void (signs += 1),
    memory: {
      get: (key) => memory.get(key),
      set: async (key, value) => void memory.set(key, value),
    },
    menu: async () => menu,
    menuChanged(listener) {
      menuListeners.add(listener)
      return () => menuListeners.delete(listener)
    },
    mount(path, handler) {
      if (mounted.has(path)) throw new Error(`${path} is taken`)
      mounted.set(path, handler)
      return () => mounted.delete(path)
    },
    renamed: async (kind, from, to) => void renamed.push({ kind, from, to }),
    folder,
    environment,
    clock,
    log,
    signal: stopping.signal,
  }
  const config = accountSchema(channel).parse({ ...network.settings, ...settings })
  const removeFolder = () => rm(folder, { recursive: true, force: true })
  const connection: Connection = await channel
    .connect(config, context)
    .catch(async (error: unknown) => {
      await removeFolder()
      throw error
    })
  connection.over.catch(() => {})

  return {
    connection,
    arrivals,
    memory,
    renamed,
    mounted,
    menuChanged: () => menuListeners.forEach((listener) => listener()),
    get signs() {
      return signs
    },
    /** Resolves with the first arrival that fits, also one that is there already. */
    until(fits: (arrival: Arrival) => boolean) {
      const found = Promise.withResolvers<Arrival>()
      const look = () => {
        const arrival = arrivals.find(fits)
        if (!arrival) return
        waiting.delete(look)
        found.resolve(arrival)
      }
      waiting.add(look)
      look()
      return found.promise
    },
    /** As the gateway does: the signal first, then the connection's own end. */
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await connection.close()
      await removeFolder()
    },
  }
}

export const saysOf = (text: string) => (arrival: Arrival) =>
  arrival.deed.kind === "message" && arrival.deed.text.includes(text)
