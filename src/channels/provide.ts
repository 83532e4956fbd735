import { rm } from "node:fs/promises"
import { Environment } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import { Clock } from "../kernel/clock.ts"
import { Log } from "../kernel/log.ts"
import type { Services } from "../kernel/service.ts"
import { Store } from "../store/database.ts"
import { takesToken } from "./account-faults.ts"
import { Accounts } from "./accounts.ts"
import { ChannelsSettings, namedChannels } from "./config.ts"
import { KnownChannels } from "./known.ts"
import { createMounts, Mounts } from "./mounts.ts"
import { createLogins, Logins } from "./login.ts"
import { ChannelControl } from "./service.ts"
import { createChannelStore } from "./store.ts"
import type { Supervisor } from "./supervise.ts"
import { folderOf } from "./surroundings.ts"

/**
 * The accounts of chat networks. The first `follow` connects them, once the port is open; what it
 * takes is loaded then, and not at all while no account is configured.
 */
export const provideChannels = (services: Services): ChannelControl => {
  const env = services.get(Environment)
  const log = services.get(Log).for("channels")
  const store = createChannelStore(services.get(Store))
  const listeners = new Set<(channel: string, account: string) => void>()
  let supervisor: Supervisor | undefined
  let loading: Promise<Supervisor> | undefined
  let closed = false
  services.provide(Mounts, createMounts())

  const load = () =>
    (loading ??= (async () => {
      const { openSupervisor } = await import("./open.ts")
      return (supervisor = openSupervisor(services, {
        store,
        connected: (...account) => listeners.forEach((listener) => listener(...account)),
      }))
    })())
  const isWanted = () =>
    namedChannels(services.get(ChannelsSettings)).length > 0 ||
    services
      .get(KnownChannels)
      .all()
      .some(({ variables = {} }) => Object.keys(variables).some((name) => env[name]?.trim()))
  const failed = (error: unknown) => log.error("accounts cannot follow the config", { error })

  const control: ChannelControl = {
    supervisor: load,
    connection: (channel, account) => supervisor?.connection(channel, account),
    list: () => supervisor?.list() ?? [],
    onConnected(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get settled() {
      return supervisor ? supervisor.settled : loading === undefined
    },
    async logout({ channel: id, account }) {
      const supervisor = await load()
      const { channel, config } = supervisor.one({ channel: id, account })
      if (!channel.can.login) throw takesToken({ label: channel.label, channel: id })
      const folder = folderOf(services, id, account)
      await supervisor.stop(
        { channel: id, account },
        {
          state: "needs-login",
          reason: "Logged out by hand.",
          hint: `Link it again with: fased channels login ${id}`,
        },
      )
      await channel.logout?.(config, { account, folder, log: log.for(`channels/${id}`) })
      await store.forget(id, account)
      await rm(folder, { recursive: true, force: true })
    },
    folder: ({ channel, account }) => folderOf(services, channel, account),
    follow() {
      if (closed || env.FASED_SKIP_CHANNELS === "1") return
      // At once where it is loaded: what was disabled is not to say another word.
      if (supervisor) return supervisor.follow()
      if (isWanted())
        load()
          .then((loaded) => !closed && loaded.follow(), failed)
          .catch(failed)
    },
    async close() {
      closed = true
      logins.close()
      await supervisor?.close()
    },
  }
  const logins = createLogins(control, {
    environment: cleanEnvironment(env),
    clock: services.get(Clock),
    log: services.get(Log),
  })
  services.provide(Logins, logins)
  services.provide(Accounts, control)
  return services.provide(ChannelControl, control)
}
