import { charactersOf } from "./cells.ts"
import type { KeyName } from "./keys.ts"

/** The message that is being written: its characters, and where the cursor stands among them. */
export interface Draft {
  chars: string[]
  at: number
}

const mostKept = 100

/** A few lines of text with a cursor, and what was written before. */
export const createEditor = () => {
  let draft: Draft = { chars: [], at: 0 }
  const before: string[] = []
  /** How far back into what was written; none is what is being written now. */
  let back = 0
  let kept = ""

  const text = () => draft.chars.join("")
  const set = (text: string) => {
    const chars = charactersOf(text)
    draft = { chars, at: chars.length }
  }
  const splice = (from: number, count: number, ...chars: string[]) => {
    const { chars: now } = draft
    draft = {
      chars: charactersOf([...now.slice(0, from), ...chars, ...now.slice(from + count)].join("")),
      at: from + chars.length,
    }
  }
  const recall = (step: number) => {
    const next = back + step
    if (next < 0 || next > before.length) return
    if (back === 0) kept = text()
    back = next
    set(back === 0 ? kept : before.at(-back)!)
  }

  const acts: Partial<Record<KeyName, () => void>> = {
    newline: () => splice(draft.at, 0, "\n"),
    backspace: () => draft.at > 0 && splice(draft.at - 1, 1),
    delete: () => splice(draft.at, 1),
    left: () => (draft.at = Math.max(0, draft.at - 1)),
    right: () => (draft.at = Math.min(draft.chars.length, draft.at + 1)),
    home: () => (draft.at = 0),
    end: () => (draft.at = draft.chars.length),
    up: () => recall(1),
    down: () => recall(-1),
    "clear-line": () => set(""),
    "delete-word": () => {
      const head = draft.chars.slice(0, draft.at).join("")
      const left = charactersOf(head.replace(/\S*\s*$/, "")).length
      splice(left, draft.at - left)
    },
  }

  return {
    get draft(): Readonly<Draft> {
      return draft
    },
    text,
    set,
    insert: (more: string) => splice(draft.at, 0, ...charactersOf(more)),
    /** True when the key meant something here. */
    press(name: KeyName): boolean {
      acts[name]?.()
      return name in acts
    },
    /** Takes what was written, and remembers it. */
    take(): string {
      const written = text()
      if (written.trim() && before.at(-1) !== written) before.push(written)
      if (before.length > mostKept) before.shift()
      back = 0
      set("")
      return written
    },
  }
}
export type Editor = ReturnType<typeof createEditor>
