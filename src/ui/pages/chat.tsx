import { useEffect, useMemo, useRef, useState } from "preact/hooks"
import type { App } from "../app.ts"
import type { Gateway } from "../gateway.ts"
import { useNow } from "../now.ts"
import { Drawer } from "../parts/drawer.tsx"
import { Icon } from "../parts/icon.tsx"
import { chatOf } from "../router.ts"
import type { Router } from "../router.ts"
import { pageAt } from "../routes.ts"
import type { PageProps } from "../routes.ts"
import { createSeen } from "../seen.ts"
import type { Entry } from "../transcript.ts"
import { entryText } from "../transcript.ts"
import { ChatHead } from "../view/chat-head.tsx"
import { Composer } from "../view/composer.tsx"
import { Conversation } from "../view/conversation.tsx"
import { Sessions } from "../view/sessions.tsx"
import { TroubleLine } from "../view/trouble.tsx"
import type { TurnActions } from "../view/turn.tsx"

/** The question that an answer is to. */
const questionOf = ({ entries }: { entries: readonly Entry[] }, answer: Entry) =>
  entries.slice(0, entries.indexOf(answer)).findLast(({ role }) => role === "user")

const actionsOf = (app: App, gateway: Gateway, edit: (text: string) => void): TurnActions => ({
  sendAgain: (entry) => void app.sendAgain(entry),
  edit,
  askAgain(answer) {
    const question = questionOf(app.chat.peek(), answer)
    if (question) void app.send(entryText(question))
  },
  async loadPicture(mediaId) {
    const sessionKey = app.key.peek()
    const { mimeType, content } = await gateway.call("media.get", { sessionKey, mediaId })
    return `data:${mimeType};base64,${content}`
  },
})

/**
 * The conversation and the address follow each other, so that the browser's way back leads from one
 * conversation to the one before. Without a name in the address it is the main one.
 */
const useNamedConversation = (app: App, router: Router) => {
  const { page, query } = router.place.value
  const named = query.get("session")
  // The page stays for as long as it takes to fetch the one that the address names already.
  const isHere = pageAt(page)?.path === ""
  const before = useRef<string | null>(null)
  useEffect(() => {
    if (!isHere) return
    const isOther = app.draftKey.peek() !== "main"
    if (named && named !== app.key.peek()) app.select(named)
    else if (!named && before.current) app.selectMain()
    else if (!named && isOther) router.tell(chatOf(app.key.peek()))
    before.current = named
  }, [named, isHere])
}

export const ChatPage = ({ app, gateway, attention, drafts, router, onRetry }: PageProps) => {
  const link = app.link.value
  const now = useNow(link.kind === "waiting" ? 1000 : 30_000)
  const [isListOpen, setListOpen] = useState(false)
  const [suggestion, suggest] = useState<{ text: string }>()
  const seen = useMemo(() => createSeen(localStorage, () => Date.now()), [])
  const actions = useMemo(
    () => actionsOf(app, gateway, (text) => suggest({ text })),
    [app, gateway],
  )
  const key = app.key.value

  useNamedConversation(app, router)
  useEffect(() => {
    seen.look(key)
  }, [key, app.row.value?.updatedAt])

  return (
    <div class="chat">
      <Drawer
        class="side"
        isOpen={isListOpen}
        closeLabel="Hide conversations"
        onClose={() => setListOpen(false)}
      >
        <Sessions
          app={app}
          gateway={gateway}
          seen={seen}
          now={now}
          onChoose={() => setListOpen(false)}
        />
      </Drawer>
      <section class="talk" aria-label="Conversation" inert={isListOpen}>
        <ChatHead app={app} gateway={gateway} onList={() => setListOpen(true)} />
        <Conversation app={app} attention={attention} actions={actions} />
        {(link.kind === "waiting" || link.kind === "stopped") && (
          <TroubleLine link={link} now={now} onRetry={onRetry} />
        )}
        {app.notice.value && (
          <div class="line" role="status">
            <Icon name="alert" />
            <p>{app.notice}</p>
            <button type="button" class="link" onClick={() => void app.refresh()}>
              Try again
            </button>
          </div>
        )}
        <Composer app={app} gateway={gateway} drafts={drafts} suggestion={suggestion} />
      </section>
    </div>
  )
}
