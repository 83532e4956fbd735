import type { Clock } from "../kernel/clock.ts"
import type { Connection, Part } from "../kernel/network.ts"

/** No network likes more edits than this, and no reader needs them. */
const paceMs = 1000
/** A first glimpse has a few words. */
const leastChars = 24
/** How long the end of an answer waits for an edit under way. */
const patienceMs = 5000

/** An answer as it grows in front of its reader: one message, edited in place. */
export const createPreview = ({
  post,
  render,
  connection,
  clock,
  failed,
}: {
  /** Posts it and gives its id; undefined when it could not be. The same turn again gives the same one. */
  post: (part: Omit<Part, "nonce">) => Promise<string | undefined>
  render: (text: string) => Promise<Omit<Part, "nonce"> | undefined>
  /** Undefined while the account is not connected. */
  connection: () => Connection | undefined
  clock: Clock
  failed: (error: unknown) => void
}) => {
  const ending = new AbortController()
  let text = ""
  let shown = ""
  let messageId: string | undefined
  let cancel: (() => void) | undefined
  let busy = false
  let editing: Promise<void> | undefined

  const look = async () => {
    cancel = undefined
    if (busy || ending.signal.aborted || text === shown) return
    const now = text
    busy = true
    try {
      const part = await render(now)
      if (!part || ending.signal.aborted) return
      if (messageId === undefined) messageId = await post(part)
      else {
        const edit = connection()?.edit
        if (!edit) return
        editing = edit({ ...part, nonce: "preview" }, messageId, AbortSignal.any([ending.signal]))
        await editing
      }
      shown = now
    } catch (error) {
      failed(error)
      shown = now
    } finally {
      busy = false
      editing = undefined
      if (text !== shown) soon()
    }
  }

  const soon = () => {
    if (!ending.signal.aborted) cancel ??= clock.after(paceMs, () => void look())
  }

  return {
    grown(whole: string) {
      text = whole
      if (text.length >= leastChars) soon()
    },
    /** Nothing of it is under way any more. */
    async end() {
      ending.abort(new Error("the answer is complete"))
      cancel?.()
      if (!editing) return
      const late = Promise.withResolvers<void>()
      const stopWaiting = clock.after(patienceMs, late.resolve)
      await Promise.race([editing.catch(() => {}), late.promise])
      stopWaiting()
    },
  }
}
