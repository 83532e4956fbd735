import { join } from "node:path"
import { Environment, Paths } from "../config/paths.ts"
import { Settings } from "../config/settings.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import { Log } from "../kernel/log.ts"
import type { ConnectContext } from "../kernel/connect-context.ts"
import type { Services } from "../kernel/service.ts"
import { privateFolder } from "../store/files.ts"
import type { AccountSettings } from "./account.ts"
import type { Surroundings, Wanted } from "./keep.ts"
import { ChatMenu } from "./menu.ts"
import { Mounts } from "./mounts.ts"
import type { ChannelStore } from "./store.ts"

/** The account's own folder, made if it is not there. Ids of both are plain words. */
export const folderOf = (services: Services, channel: string, account: string) =>
  privateFolder(join(services.get(Paths).state, "credentials", channel, account))

/** What an adapter is given besides its network. All of it ends with its connection. */
export const surroundingsOf = async (
  { channel, account, config }: Wanted,
  signal: AbortSignal,
  { services, store }: { services: Services; store: ChannelStore },
): Promise<Surroundings> => {
  const settings = config as AccountSettings
  /** Ends it with the connection, or before. */
  const ending = (end: () => void) => {
    signal.addEventListener("abort", end, { once: true })
    return end
  }
  const mount: ConnectContext["mount"] = (path, handler, admits) => {
    signal.throwIfAborted()
    const owner = `${channel.id}/${account}`
    return ending(services.get(Mounts).mount(owner, path, handler, admits))
  }
  return {
    account,
    memory: await store.memory(channel.id, account),
    menu: () => services.get(ChatMenu).entries(settings),
    menuChanged: (listener) => ending(services.get(ChatMenu).onChanged(listener)),
    mount,
    async renamed(kind, from, to) {
      if (!settings.configWrites) return
      const { renameRoom } = await import("./rename.ts")
      await renameRoom(
        { channel: channel.id, account, kind, from, to },
        { settings: services.get(Settings), log: services.get(Log).for("channels") },
      )
    },
    folder: folderOf(services, channel.id, account),
    environment: cleanEnvironment(services.get(Environment)),
  }
}
