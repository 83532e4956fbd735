import { constants } from "node:fs"
import { open } from "node:fs/promises"
import { connectionOver } from "../../kernel/network.ts"
import type { TelegramSettings } from "./settings.ts"

const longestFile = 4096

/** The token as set, or from its file. Throws `channels.connection-over` when there is none. */
export const tokenOf = async ({
  botToken,
  tokenFile,
}: Pick<TelegramSettings, "botToken" | "tokenFile">) => {
  const token = (botToken ?? (tokenFile && (await readToken(tokenFile))) ?? "").trim()
  if (/^\d+:[\w-]{10,}$/.test(token)) return token
  throw connectionOver({
    why: "credentials",
    text: token
      ? "The Telegram bot token does not look like one."
      : "There is no Telegram bot token.",
    hint: "Copy it from @BotFather: digits, a colon, then letters. Set it with: fased channels add telegram",
  })
}

const readToken = async (path: string) => {
  const unreadable = (why: string, cause?: unknown) =>
    connectionOver(
      {
        why: "credentials",
        text: `The bot token cannot be read from ${path}: ${why}.`,
        hint: "tokenFile must be a plain file of its own, no link, with nothing but the token.",
      },
      cause,
    )
  const file = await open(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(error.code === "ELOOP" ? "it is a link" : (error.code ?? "it failed"), error)
  })
  try {
    const info = await file.stat()
    if (!info.isFile()) throw unreadable("it is no file")
    if (info.size > longestFile) throw unreadable("it is too long for a token")
    return await file.readFile("utf8")
  } finally {
    await file.close()
  }
}
