import { isAbsolute } from "node:path"
import { connectionOver } from "fased/channel"

export interface Settings {
  /** Where what links the account is, and what arrived and was not taken yet. */
  folder: string
  sendReadReceipts: boolean
  /** Whether what the account's owner writes to themselves is heard; undefined: where they are allowed. */
  selfChatMode?: boolean
  allowFrom: readonly string[]
}

/** The manifest says what stands in the config; the gateway has checked it by that. */
export const settingsOf = (
  config: Record<string, unknown>,
  { folder }: { folder: string },
): Settings => {
  const { authDir, sendReadReceipts, selfChatMode, allowFrom } = config as Partial<Settings> & {
    authDir?: string
  }
  if (authDir !== undefined && !isAbsolute(authDir))
    throw connectionOver({
      why: "credentials",
      text: `The authDir of WhatsApp is no whole path: ${authDir}`,
      hint: "Write it from the root on, as in /home/ada/.fased/credentials/whatsapp/work.",
    })
  return {
    folder: authDir ?? folder,
    sendReadReceipts: sendReadReceipts ?? true,
    ...(selfChatMode !== undefined && { selfChatMode }),
    allowFrom: allowFrom ?? [],
  }
}
