import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { BotApi } from "./api.ts"
import type { TelegramSettings } from "./settings.ts"
import { done } from "./wire.ts"

const mostCommands = 100
const longestDescription = 256

export interface Menu {
  /** The command behind a name as Telegram shows it. */
  commandNamed(name: string): string | undefined
  /** Tells Telegram. Nothing depends on it: without a menu, commands are typed. */
  sync(): Promise<void>
}

/** The menu behind the bot's `/` button. Telegram takes only `[a-z0-9_]` for a name. */
export const menuOf = (
  api: BotApi,
  settings: Pick<TelegramSettings, "customCommands">,
  { menu, log, signal }: Pick<ConnectContext, "menu" | "log" | "signal">,
): Menu => {
  let names = new Map<string, string>()

  const entries = async () => {
    const native = (await menu()).flatMap(({ name, description }) => {
      const shown = shownName(name)
      return shown ? [{ shown, name, description }] : []
    })
    names = new Map(native.map(({ shown, name }) => [shown, name]))
    const custom = settings.customCommands.flatMap(({ command, description }) => {
      const shown = shownName(command)
      if (shown && !names.has(shown)) return [{ shown, description }]
      log.warn("custom command left out", { command, reason: shown ? "name taken" : "no name" })
      return []
    })
    return [...native, ...custom]
  }

  return {
    commandNamed: (name) => names.get(name),
    async sync() {
      try {
        const all = await entries()
        if (all.length > mostCommands) log.warn("menu cut", { most: mostCommands, of: all.length })
        const commands = all.slice(0, mostCommands).map(({ shown, description }) => ({
          command: shown,
          description: description.slice(0, longestDescription).toWellFormed() || shown,
        }))
        await api.call("setMyCommands", done, { commands })
      } catch (error) {
        if (signal.aborted) return
        const reason = error instanceof Error ? error.message : String(error)
        log.warn("setMyCommands failed", { reason })
      }
    },
  }
}

const shownName = (name: string) => {
  const shown = name.trim().replace(/^\//, "").toLowerCase().replaceAll("-", "_")
  return /^[a-z0-9_]{1,32}$/.test(shown) ? shown : undefined
}
