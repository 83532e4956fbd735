import { useState } from "preact/hooks"
import type { App } from "../app.ts"
import { reason } from "../failure.ts"
import type { Gateway } from "../gateway.ts"
import { Icon } from "../parts/icon.tsx"
import { Menu } from "../parts/menu.tsx"
import { problem } from "../parts/toast.tsx"
import { sessionTitle } from "../words.ts"
import { ChatWishes } from "./chat-wishes.tsx"
import { RenameDialog } from "./rename-dialog.tsx"

interface Props {
  app: App
  gateway: Gateway
  /** Shows the conversations, where they are not beside the chat. */
  onList: () => void
}

/** Which conversation this is, what answers in it, and what can be done with it. */
export const ChatHead = ({ app, gateway, onList }: Props) => {
  const [isRenaming, setRenaming] = useState(false)
  const key = app.key.value
  const row = app.row.value
  const title = sessionTitle(row ?? { key })
  const agent = /^agent:([^:]+):/.exec(key)?.[1]
  const mayChange = gateway.may("admin")

  const archive = async () => {
    try {
      const deeds = await import("./sessions/session-deeds.ts")
      if (await deeds.archive(gateway, row ?? { key })) app.leaveSession(key)
    } catch (thrown) {
      problem(`Could not archive “${title}”: ${reason(thrown)}.`)
    }
  }

  return (
    <header class="chat-head">
      <button
        type="button"
        class="quiet square to-list"
        aria-label="Show conversations"
        onClick={onList}
      >
        <Icon name="list" />
      </button>
      <h1 tabIndex={-1} data-page-title title={key}>
        {title}
      </h1>
      {agent && agent !== "main" && <span class="tag">{agent}</span>}
      <ChatWishes app={app} gateway={gateway} />
      {row && mayChange && (
        <Menu label="More for this conversation">
          <button type="button" onClick={() => setRenaming(true)}>
            <Icon name="pencil" />
            Rename
          </button>
          <button type="button" onClick={() => void archive()}>
            <Icon name="archive" />
            Archive
          </button>
        </Menu>
      )}
      {isRenaming && row && (
        <RenameDialog gateway={gateway} row={row} onClose={() => setRenaming(false)} />
      )}
    </header>
  )
}
