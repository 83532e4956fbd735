import { commands as commandsSection } from "../agents/commands.ts"
import { ChatMenu, type MenuEntry } from "../channels/menu.ts"
import { Reloader } from "../config/reloader.ts"
import type { AnyCommand } from "../kernel/command.ts"
import type { Services } from "../kernel/service.ts"
import { ChatCommands } from "./chat-commands.ts"

/** What networks' own menus offer: all that can be used; who may is judged when it is. */
export const provideChatMenu = (services: Services): ChatMenu => {
  const commands = services.get(ChatCommands)
  return services.provide(ChatMenu, {
    async entries({ commands: own }) {
      const { native, nativeSkills } = services.get(commandsSection)
      if ((own.native ?? native) === false) return []
      const skills = (own.nativeSkills ?? nativeSkills) === false ? [] : await commands.more()
      return [...commands.usable(true).filter((command) => command.native), ...skills].map(entryOf)
    },
    onChanged: (listener) => services.get(Reloader).onApplied(listener),
  })
}

const entryOf = ({ name, description, choices }: AnyCommand): MenuEntry => ({
  name,
  description,
  ...(choices && { choices }),
})
