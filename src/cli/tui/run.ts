import { createActs } from "./acts.ts"
import { createEditor } from "./editor.ts"
import { createKeyReader } from "./keys.ts"
import { createScreen } from "./screen.ts"
import { newState, type Surroundings } from "./state.ts"
import { createTalk } from "./talk.ts"
import { view } from "./view.ts"

/** Frames closer together than this are one. */
const frameMs = 16
/** After an escape byte alone, how long the rest of a key may take. */
const escapeMs = 50

/** Shows a conversation on the whole terminal until somebody leaves. */
export const runTui = async ({ where, session, open, paint }: Surroundings) => {
  const { stdin, stdout } = process
  const state = newState(where.replace(/^wss?:\/\//, ""))
  state.session = session ?? ""
  const editor = createEditor()
  const screen = createScreen((text) => void stdout.write(text))
  const size = () => ({ rows: stdout.rows || 24, columns: stdout.columns || 80 })
  const over = Promise.withResolvers<void>()

  let drawing: ReturnType<typeof setTimeout> | undefined
  const draw = () => {
    drawing = undefined
    screen.draw(view(state, editor.draft, size(), paint))
  }
  const changed = () => void (drawing ??= setTimeout(draw, frameMs))
  const redraw = () => {
    screen.forget()
    changed()
  }

  const talk = createTalk(state, { open, changed })
  const act = createActs({
    state,
    editor,
    talk,
    changed,
    redraw,
    leave: over.resolve,
    rows: () => size().rows,
  })
  const reader = createKeyReader(act)
  let escape: ReturnType<typeof setTimeout> | undefined
  const onData = (bytes: Uint8Array) => {
    clearTimeout(escape)
    reader.push(bytes)
    if (reader.waits) escape = setTimeout(reader.flush, escapeMs)
  }
  const leave = () => over.resolve()

  screen.open()
  stdin.setRawMode(true)
  stdin.on("data", onData).on("end", leave).resume()
  stdout.on("resize", redraw)
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, leave)
  changed()
  try {
    await Promise.race([over.promise, talk.run()])
  } finally {
    clearTimeout(drawing)
    clearTimeout(escape)
    talk.close()
    stdout.off("resize", redraw)
    stdin.off("data", onData).pause()
    stdin.setRawMode(false)
    screen.close()
  }
}
