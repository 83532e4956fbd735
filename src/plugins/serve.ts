import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { systemClock } from "../kernel/clock.ts"
import type { HookEvent } from "../kernel/hook-event.ts"
import { levels, type Log } from "../kernel/log.ts"
import type { ConnectContext } from "../kernel/connect-context.ts"
import { type Connection, connectionOver, type Part } from "../kernel/network.ts"
import { writeFileAtomic } from "../store/files.ts"
import { abilities, cancellable } from "./arrived.ts"
import type { ChannelPlugin } from "./author.ts"
import { createPeer, type Handler, type Peer } from "./peer.ts"

/** What an account is opened with. */
export interface Opening {
  config: Record<string, unknown>
  account: string
  folder: string
  environment: ConnectContext["environment"]
}

/** Answers the gateway's calls with what the plugin does. A process has one account. */
export const serve = (
  loading: Promise<ChannelPlugin>,
  write: (line: string) => void,
): { peer: Peer; log: Log } => {
  const abort = new AbortController()
  const menuListeners = new Set<() => void>()
  let connection: Connection | undefined

  const tell = (name: string, ...args: unknown[]) =>
    void peer.call(name, args).catch(() => undefined)
  const log = logThrough((...line) => tell("log", ...line))

  const contextOf = ({ account, folder, environment }: Opening): ConnectContext => ({
    account,
    folder,
    environment,
    memory: fileMemory(folder),
    arrived: (arrival) => peer.call("arrived", [arrival]) as ReturnType<ConnectContext["arrived"]>,
    alive: () => tell("alive"),
    menu: () => peer.call("menu", []) as ReturnType<ConnectContext["menu"]>,
    menuChanged(listener) {
      menuListeners.add(listener)
      return () => menuListeners.delete(listener)
    },
    mount() {
      throw new Error("a plugin takes no webhooks: connect to the network, or poll it")
    },
    renamed: async (...args) => void (await peer.call("renamed", args)),
    clock: systemClock,
    log,
    signal: abort.signal,
  })

  const open = (): Connection => {
    if (connection) return connection
    throw new Error("the account is not connected")
  }
  const acts = Object.fromEntries(
    abilities.map((name): [string, Handler] => [
      name,
      async (args, signal) => {
        const act = open()[name] as ((...args: unknown[]) => unknown) | undefined
        const given = cancellable.has(name) ? [...args, signal] : args
        const value = await act?.apply(connection, given)
        return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value
      },
    ]),
  )

  const peer: Peer = createPeer(write, {
    ...acts,
    async connect([opening]) {
      const { connect } = await loading
      const made = await connect((opening as Opening).config, contextOf(opening as Opening))
      connection = made
      made.over.catch((error: unknown) => tell("over", endOf(error)))
      return { self: made.self, able: abilities.filter((name) => typeof made[name] === "function") }
    },
    send: ([part], signal) => open().send(part as Part, signal),
    menuChanged: () => menuListeners.forEach((listener) => listener()),
    async told([event], signal) {
      const given = event as HookEvent
      const { told } = await loading
      if (!told) throw new Error("it has no told")
      await told(given, signal)
      return given.context.bootstrapFiles
    },
    async close() {
      abort.abort(new Error("the account is being stopped"))
      await connection?.close()
    },
    async login([opening], signal) {
      const { config, account, folder, environment } = opening as Opening
      const { login } = await loading
      if (!login) throw new Error("it has no login")
      const context = { account, folder, environment, clock: systemClock, log, signal }
      await login(config, context, (step) => tell("step", step))
    },
    async logout([opening]) {
      const { config, account, folder } = opening as Opening
      await (await loading).logout?.(config, { account, folder, log })
    },
  })
  return { peer, log }
}

const endOf = (error: unknown) =>
  connectionOver.is(error)
    ? error.data
    : { why: "gone", text: error instanceof Error ? error.message : String(error) }

/** Small values in the account's own folder: where they are set there is no other process to ask. */
const fileMemory = (folder: string): ConnectContext["memory"] => {
  const file = join(folder, "memory.json")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const values = new Map(Object.entries(readMemory(file)))
  return {
    get: (key) => values.get(key),
    async set(key, value) {
      values.set(key, value)
      writeFileAtomic(file, JSON.stringify(Object.fromEntries(values)))
    },
  }
}

const readMemory = (file: string): Record<string, string> => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return {} // there is none yet
  }
}

const logThrough = (tell: (level: string, message: string, fields?: object) => void): Log => {
  const lines = Object.fromEntries(
    levels.map((level) => [
      level,
      (message: string, fields?: object) => tell(level, message.slice(0, 2000), fields),
    ]),
  ) as unknown as Log
  const log: Log = { ...lines, for: () => log }
  return log
}
