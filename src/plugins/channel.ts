import { type Clock, systemClock } from "../kernel/clock.ts"
import type { ConnectContext, LoginStep } from "../kernel/connect-context.ts"
import { type AnyChannel, type Connection, connectionOver } from "../kernel/network.ts"
import { type Ability, abilities, arrival, cancellable, opened, probe, sent } from "./arrived.ts"
import { channelFacts, type SchemaReader } from "./facts.ts"
import type { Manifest } from "./manifest.ts"
import { type HostCommand, type PluginProcess, startProcess } from "./process.ts"

/** The network of a plugin, as the gateway knows every network. Each account has a process of its own. */
export const pluginChannel = (
  manifest: Manifest,
  folder: string,
  host: () => HostCommand,
  reader: SchemaReader,
): AnyChannel => {
  const { id } = manifest
  const start = (
    handlers: Parameters<typeof startProcess>[2],
    context: Pick<ConnectContext, "clock" | "log">,
  ) => startProcess({ id, folder }, host(), handlers, context)
  const opening = (
    config: unknown,
    {
      account,
      folder,
      environment = {},
    }: Pick<ConnectContext, "account" | "folder"> & Partial<Pick<ConnectContext, "environment">>,
  ) => ({ config, account, folder, environment })

  return {
    ...channelFacts(manifest, reader),
    async connect(config, context) {
      const over = Promise.withResolvers<never>()
      over.promise.catch(() => undefined)
      const child = start(
        {
          arrived: ([one]) => context.arrived(arrival().parse(one)),
          alive: () => context.alive(),
          menu: () => context.menu(),
          renamed: ([kind, from, to]) =>
            context.renamed(kind === "channel" ? "channel" : "group", String(from), String(to)),
          over: ([end]) => over.reject(endOf(end)),
        },
        context,
      )
      child.gone.catch(over.reject)
      const { peer } = child
      let isOpen = false
      let ending: Promise<void> | undefined
      /** One that is connected may finish what it is in the middle of. */
      const end = () => (ending ??= isOpen ? endGently(child, context.clock) : child.end())
      const onAbort = () => void end()
      context.signal.addEventListener("abort", onAbort, { once: true })
      try {
        const made = opened().parse(await peer.call("connect", [opening(config, context)]))
        isOpen = true
        context.menuChanged(() => void peer.call("menuChanged", []).catch(() => undefined))
        return {
          ...calls(peer.call, made.able),
          self: made.self as Connection["self"],
          over: over.promise,
          send: async (part, signal) => sent().parse(await peer.call("send", [part], signal)),
          async close() {
            context.signal.removeEventListener("abort", onAbort)
            await end()
          },
        }
      } catch (error) {
        await child.end()
        throw error
      }
    },
    ...(manifest.channel.can.login && {
      async login(config, context, step) {
        const child = start({ step: ([one]) => step(stepOf(one)) }, context)
        try {
          await child.peer.call("login", [opening(config, context)], context.signal)
        } finally {
          await child.end()
        }
      },
      async logout(config, context) {
        const child = start({}, { ...context, clock: systemClock })
        try {
          await child.peer.call("logout", [opening(config, context)])
        } finally {
          await child.end()
        }
      },
    }),
  }
}

/** For a plugin to close what it has open. */
const gentleMs = 1_500

const endGently = async ({ peer, end }: PluginProcess, clock: Clock) => {
  const late = Promise.withResolvers<void>()
  const cancel = clock.after(gentleMs, late.resolve)
  await Promise.race([peer.call("close", []), late.promise]).catch(() => undefined)
  cancel()
  await end()
}

/** What its connection can besides sending, each a call to its process. */
const calls = (
  call: (name: string, args: readonly unknown[], signal?: AbortSignal) => Promise<unknown>,
  able: readonly Ability[],
): Partial<Connection> =>
  Object.fromEntries(
    abilities
      .filter((name) => able.includes(name))
      .map((name) => [
        name,
        async (...args: unknown[]) => {
          const signal = cancellable.has(name) ? (args.pop() as AbortSignal) : undefined
          return shaped(name, await call(name, args, signal), args)
        },
      ]),
  )

const shaped = (name: Ability, value: unknown, args: readonly unknown[]): unknown => {
  if (name === "probe") return probe().parse(value)
  if (name === "find") return value === null || value === "absent" ? value : sent().parse(value)
  if (name !== "download") return value
  const bytes = Buffer.from(String(value), "base64")
  if (bytes.length > Number(args[1])) throw new Error("the file is larger than asked for")
  return bytes
}

const endOf = (end: unknown) => {
  const { why, text, hint } = (end ?? {}) as Record<string, unknown>
  return connectionOver({
    why: why === "credentials" || why === "conflict" ? why : "gone",
    text: String(text).slice(0, 1000),
    ...(typeof hint === "string" && { hint: hint.slice(0, 1000) }),
  })
}

const stepOf = (step: unknown): LoginStep => {
  const { kind, text, message } = (step ?? {}) as Record<string, unknown>
  return kind === "qr"
    ? { kind, text: String(text).slice(0, 4000) }
    : { kind: kind === "done" ? "done" : "waiting", message: String(message).slice(0, 500) }
}
