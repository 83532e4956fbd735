import { createInterface } from "node:readline"
import { printableText } from "../printable.ts"
import { createActs } from "./acts.ts"
import { createEditor } from "./editor.ts"
import { newState, type Surroundings } from "./state.ts"
import { createTalk } from "./talk.ts"

/**
 * The same conversation where a terminal can do nothing but show lines: each is written once, when
 * it is whole.
 */
export const runLines = async ({ where, session, open, print }: Surroundings) => {
  const state = newState(where)
  state.session = session ?? ""
  const editor = createEditor()
  const over = Promise.withResolvers<void>()
  let shown: { session: string; texts: readonly string[] } = { session: "", texts: [] }
  let menu = state.menu
  let said = ""

  const changed = () => {
    const { connection, session, model, trouble } = state
    if (connection === "connecting") return
    const standing =
      connection === "connected" && model
        ? `fased · ${session} · ${model} · /quit leaves`
        : connection === "lost"
          ? `Not connected: ${trouble}`
          : said
    if (standing !== said) print(printableText(standing))
    said = standing
    // After a gap all is looked at anew; what stands here already is not written again.
    const before = session === shown.session ? [...shown.texts] : []
    const texts = state.blocks.flatMap(({ runId, kind, text }) =>
      runId || kind === "you" ? [] : [text],
    )
    for (const text of texts) {
      const at = before.indexOf(text)
      if (at < 0) print(printableText(text))
      else before.splice(at, 1)
    }
    shown = { session, texts }
    if (state.menu && state.menu !== menu) {
      print(printableText(state.menu.title))
      state.menu.items.forEach(({ label, about = "" }, at) =>
        print(printableText(`  ${at + 1}  ${label}  ${about}`)),
      )
      print("Type a number, or nothing.")
    }
    menu = state.menu
  }
  const talk = createTalk(state, { open, changed })
  const act = createActs({
    state,
    editor,
    talk,
    changed,
    redraw: changed,
    leave: over.resolve,
    rows: () => 24,
  })
  const reader = createInterface({ input: process.stdin })
  reader.on("line", (line) => {
    const chosen = state.menu?.items[Number(line) - 1]
    if (state.menu) {
      state.menu = null
      if (chosen) chosen.choose()
      return changed()
    }
    editor.set(line)
    act({ kind: "key", name: "enter" })
  })
  reader.on("close", over.resolve)
  try {
    await Promise.race([over.promise, talk.run()])
  } finally {
    talk.close()
    reader.close()
  }
}
