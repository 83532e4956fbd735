import type { Waiting } from "../approvals.ts"
import type { Editor } from "./editor.ts"
import type { Key } from "./keys.ts"
import { addBlock, type Menu, type State } from "./state.ts"
import type { Talk } from "./talk.ts"

/** Words that this program answers itself; all others are the gateway's. */
const own = [
  { name: "/sessions", about: "Choose another session" },
  { name: "/models", about: "Choose the model of this session" },
  { name: "/approvals", about: "Answer commands that wait" },
  { name: "/quit", about: "Leave" },
]

/** What is chosen of a command that waits, and how it is told then. */
const choices: Readonly<Record<string, string>> = {
  "allow-once": "Allow it this once",
  "allow-always": "Allow it from now on",
  deny: "Deny it",
}
const answered: Readonly<Record<string, string>> = {
  "allow-once": "Allowed this once",
  "allow-always": "Allowed from now on",
  deny: "Denied",
}

interface Needs {
  state: State
  editor: Editor
  talk: Talk
  changed: () => void
  redraw: () => void
  leave: () => void
  /** Lines of the screen. */
  rows: () => number
}

/** What keys and words do. */
export const createActs = ({ state, editor, talk, changed, redraw, leave, rows }: Needs) => {
  const failed = (error: unknown) => {
    const { message, hint } = error as Error & { hint?: string }
    addBlock(state, { kind: "error", text: [message, hint].filter(Boolean).join("\n") })
    changed()
  }
  const tell = (text: string) => {
    addBlock(state, { kind: "note", text })
    changed()
  }
  const show = (menu: Omit<Menu, "at">) => {
    state.menu = menu.items.length ? { ...menu, at: 0 } : null
    changed()
  }

  const open = async (key: string) => {
    state.session = key
    state.blocks = []
    state.scroll = 0
    await talk.load()
  }

  const sessions = async () => {
    const { sessions } = (await talk.request("sessions.list", { limit: 50 })) as {
      sessions: { key: string; label?: string; displayName?: string; lastMessagePreview?: string }[]
    }
    if (!sessions.length) return tell("There is no other session yet.")
    show({
      title: "Sessions (Enter opens, Esc leaves)",
      items: sessions.map(({ key, label, displayName, lastMessagePreview }) => ({
        label: key,
        about: label ?? displayName ?? lastMessagePreview,
        choose: () => void open(key).catch(failed),
      })),
    })
  }

  const models = async () => {
    const asked = { sessionKey: state.session, available: true }
    const { models } = (await talk.request("models.list", asked)) as {
      models: { id: string; provider?: string; name?: string }[]
    }
    if (!models.length) return tell("No model is connected. See: fased models status")
    show({
      title: "Models (Enter chooses for this session, Esc leaves)",
      items: models.map(({ id, provider, name }) => {
        const ref = provider && !id.startsWith(`${provider}/`) ? `${provider}/${id}` : id
        return { label: ref, about: name, choose: () => void send(`/model ${ref}`).catch(failed) }
      }),
    })
  }

  const decide = async ({ id }: Waiting, decision: string) => {
    await talk.request("exec.approval.resolve", { id, decision })
    tell(`${answered[decision] ?? decision}: ${id.slice(0, 8)}`)
  }

  const approvals = () => {
    const [first] = state.approvals
    if (!first) return tell("No command waits for an answer.")
    const { request } = first
    const allowed = request.allowedDecisions ?? ["allow-once", "deny"]
    // All of it, where it can be read whole; the menu has room for a line.
    const where = [request.cwd && `in ${request.cwd}`, request.host && `on ${request.host}`]
    const with_ = Object.entries(request.env ?? {}).map(([name, value]) => `with ${name}=${value}`)
    addBlock(state, {
      kind: "note",
      text: [
        `A command waits for your answer (${first.id.slice(0, 8)}):`,
        request.command,
        ...where,
        ...with_,
      ]
        .filter(Boolean)
        .join("\n"),
    })
    state.scroll = 0
    show({
      title: `Command ${first.id.slice(0, 8)} (Esc decides nothing)`,
      // Nothing is allowed by a key that was meant for something else.
      items: [
        { label: "Decide later", choose: () => undefined },
        ...allowed.map((decision) => ({
          label: choices[decision] ?? decision,
          choose: () => void decide(first, decision).catch(failed),
        })),
      ],
    })
  }

  const send = async (text: string) => {
    const before = state.blocks
    if (/^\/(?:new|reset)\b/.test(text)) state.blocks = []
    addBlock(state, { kind: "you", text })
    state.scroll = 0
    changed()
    try {
      await talk.request("chat.send", {
        sessionKey: state.session,
        message: text,
        idempotencyKey: crypto.randomUUID(),
      })
    } catch (error) {
      // It was not said: it stands where it is written, to be sent again.
      state.blocks = before
      if (!editor.text()) editor.set(text)
      throw error
    }
  }

  const submit = async () => {
    const text = editor.take().trim()
    if (!text) return
    const [word = ""] = text.split(/\s/, 1)
    if (word === "/quit" || word === "/exit") return leave()
    if (word === "/sessions") return sessions()
    if (word === "/models") return models()
    if (word === "/approvals") return approvals()
    return send(text)
  }

  const complete = () => {
    const written = editor.text()
    if (!/^\/\S*$/.test(written)) return
    const others = state.commands.filter(({ name }) => own.every((one) => one.name !== name))
    const all = [...own, ...others]
      .filter(({ name }) => name.startsWith(written))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    if (!all.length) return
    if (all.length === 1) return editor.set(`${all[0]!.name} `)
    show({
      title: "Commands (Enter takes one, Esc leaves)",
      items: all.map(({ name, about }) => ({
        label: name,
        about,
        choose: () => editor.set(`${name} `),
      })),
    })
  }

  const stop = () => {
    if (!state.running.size) return
    talk.request("chat.abort", { sessionKey: state.session }).catch(failed)
  }

  const inMenu = (key: Key, menu: Menu) => {
    if (key.kind !== "key") {
      state.menu = null
      return false
    }
    const { length } = menu.items
    if (key.name === "up") menu.at = (menu.at + length - 1) % length
    else if (key.name === "down" || key.name === "tab") menu.at = (menu.at + 1) % length
    else {
      state.menu = null
      if (key.name === "enter") menu.items[menu.at]!.choose()
    }
    return true
  }

  return (key: Key) => {
    if (state.menu && inMenu(key, state.menu)) return changed()
    if (key.kind !== "key") editor.insert(key.text)
    else if (key.name === "enter") void submit().catch(failed)
    else if (key.name === "tab") complete()
    else if (key.name === "escape") stop()
    else if (key.name === "approvals") approvals()
    else if (key.name === "redraw") redraw()
    else if (key.name === "pageup") state.scroll += Math.max(1, rows() - 6)
    else if (key.name === "pagedown")
      state.scroll = Math.max(0, state.scroll - Math.max(1, rows() - 6))
    else if (key.name === "interrupt") {
      if (editor.text()) editor.set("")
      else leave()
    } else if (key.name === "eof") {
      if (!editor.text()) leave()
      else editor.press("delete")
    } else editor.press(key.name)
    changed()
  }
}
