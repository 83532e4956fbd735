import type { ConnectContext } from "../kernel/connect-context.ts"
import { service } from "../kernel/service.ts"
import type { AccountSettings } from "./account.ts"

export type MenuEntry = Awaited<ReturnType<ConnectContext["menu"]>>[number]

/** The commands that networks offer in menus of their own. */
export interface ChatMenu {
  entries(settings: Pick<AccountSettings, "commands">): Promise<readonly MenuEntry[]>
  /** Calls when another menu may be due. */
  onChanged(listener: () => void): () => void
}
export const ChatMenu = service<ChatMenu>("chat menu")
