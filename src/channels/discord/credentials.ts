import { connectionOver } from "../../kernel/network.ts"
import type { DiscordSettings } from "./settings.ts"

/** The token as set. Throws `channels.connection-over` when there is none that could be one. */
export const tokenOf = ({ token = "" }: Pick<DiscordSettings, "token">) => {
  const own = token.trim().replace(/^Bot\s+/i, "")
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(own)) return own
  throw connectionOver({
    why: "credentials",
    text: own ? "The Discord bot token does not look like one." : "There is no Discord bot token.",
    hint: "Copy it from the developer portal under Bot → Reset Token. Set it with: fased channels add discord",
  })
}
