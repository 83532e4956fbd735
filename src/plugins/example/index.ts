import { channel, connectionOver, notSent } from "fased/channel"

interface Message {
  id: number
  room: string
  kind: "direct" | "group"
  from: string
  text: string
  at: number
}

export const plugin = channel({
  async connect({ url, token }, { arrived, alive, memory, log, signal }) {
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(new URL(path, String(url)), {
        signal,
        ...init,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      })

    const me = await ask("/me")
    if (me.status === 401)
      throw connectionOver({
        why: "credentials",
        text: "The server does not know the token.",
        hint: "Ask whoever runs it for another one.",
      })

    /** Asks for what is new again and again; the place is kept once a message was taken. */
    const poll = async (): Promise<never> => {
      for (;;) {
        const answer = await ask(`/messages?after=${memory.get("after") ?? 0}`)
        if (!answer.ok) throw connectionOver({ why: "gone", text: `It answered ${answer.status}.` })
        alive()
        for (const { id, room, kind, from, text, at } of (await answer.json()) as Message[]) {
          const heard = await arrived({
            id: String(id),
            conversation: { id: room, kind },
            sender: { ids: [from] },
            at,
            deed: { kind: "message", text },
          })
          if (heard.kind === "dropped") log.debug("nobody answers", { reason: heard.reason })
          await memory.set("after", String(id))
        }
      }
    }

    return {
      self: { ids: [((await me.json()) as { id: string }).id] },
      over: poll(),
      async send({ conversation, text, nonce }) {
        const body = JSON.stringify({ room: conversation.id, text: text?.text ?? "", nonce })
        const answer = await ask("/messages", { method: "POST", body })
        if (answer.status === 429) throw notSent({ why: "busy", text: "The server is busy." })
        if (!answer.ok) throw notSent({ why: "refused", text: `It answered ${answer.status}.` })
        return (await answer.json()) as { id: string; at: number }
      },
      close() {}, // the signal has ended the poll by now
    }
  },
})
