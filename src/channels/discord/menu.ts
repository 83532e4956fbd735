import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { Rest } from "./rest.ts"
import { anything } from "./wire.ts"

const mostCommands = 100
const mostChoices = 25
/** Names Discord keeps for itself. */
const otherNames: Record<string, string> = { tts: "voice" }
const key = "menu"
const stringOption = 3

/** The bot's slash commands. Discord counts how often they are written, so only a change is. */
export const menuOf = (
  rest: Rest,
  appId: string,
  { menu, memory, log, signal }: Pick<ConnectContext, "menu" | "memory" | "log" | "signal">,
) => {
  let names = new Map<string, string>()

  const commands = async () => {
    const entries = (await menu()).flatMap((entry) => {
      const shown = shownName(entry.name)
      if (shown) return [{ ...entry, shown }]
      log.warn("command left out of the menu", { command: entry.name })
      return []
    })
    if (entries.length > mostCommands)
      log.warn("menu cut", { most: mostCommands, of: entries.length })
    names = new Map(entries.map(({ shown, name }) => [shown, name]))
    return entries.slice(0, mostCommands).map(({ shown, description, choices }) => ({
      name: shown,
      description: cut(description) || shown,
      type: 1,
      options: [
        {
          type: stringOption,
          name: "input",
          description: "What follows the command.",
          required: false,
          ...(choices?.length &&
            choices.length <= mostChoices && {
              choices: choices.map((choice) => ({ name: cut(choice), value: cut(choice) })),
            }),
        },
      ],
    }))
  }

  return {
    commandNamed: (name: string) => names.get(name),
    async sync() {
      try {
        const body = await commands()
        const wanted = `${appId}:${Bun.hash(JSON.stringify(body))}`
        if (memory.get(key) === wanted) return
        await rest.call("PUT", `/applications/${appId}/commands`, anything, { body })
        await memory.set(key, wanted)
      } catch (error) {
        if (signal.aborted) return
        const reason = error instanceof Error ? error.message : String(error)
        log.warn("commands not registered", { reason })
      }
    },
  }
}

const cut = (text: string) => text.slice(0, 100).toWellFormed()

const shownName = (name: string) => {
  const plain = name.trim().replace(/^\//, "").toLowerCase()
  const shown = otherNames[plain] ?? plain
  return /^[-_\p{L}\p{N}]{1,32}$/u.test(shown) ? shown : undefined
}
