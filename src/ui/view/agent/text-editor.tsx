import { useState } from "preact/hooks"
import { reason } from "../../failure.ts"
import { Known } from "../../parts/known.tsx"
import { problem, toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import type { Gateway } from "../../gateway.ts"

interface Text {
  content: string
  updatedAtMs?: number
}

interface Props {
  gateway: Gateway
  /** What keeps its unsaved words apart from those of others: `main/SOUL.md`. */
  id: string
  title: string
  read: () => Promise<Text>
  /** Absent where it may only be read. */
  save?: (text: Text) => Promise<unknown>
  /** Why it may only be read. */
  note?: string
  onSaved?: () => void
}

/** Words not saved yet: going elsewhere on the page, or to another page, loses none. */
const unsaved = new Map<string, string>()

/** A text file to read and to change. */
export const TextEditor = ({ gateway, id, title, read, save, note, onSaved }: Props) => {
  const file = useResource(gateway, read, { of: [id] })
  const [, redraw] = useState(0)
  const [isBusy, setBusy] = useState(false)

  const write = (text: string | undefined) => {
    if (text === undefined) unsaved.delete(id)
    else unsaved.set(id, text)
    redraw((times) => times + 1)
  }
  const keep = async (known: Text) => {
    const content = unsaved.get(id)
    if (!save || content === undefined || isBusy) return
    setBusy(true)
    try {
      await save({ ...known, content })
      // Something more may have been typed meanwhile.
      if (unsaved.get(id) === content) write(undefined)
      file.reload()
      onSaved?.()
      toast(`${title} is saved.`)
    } catch (thrown) {
      problem(`Could not save ${title}: ${reason(thrown)}.`)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section class="editor" aria-label={title}>
      <Known resource={file} what={title}>
        {(known) => {
          const text = unsaved.get(id)
          const isChanged = text !== undefined && text !== known.content
          return (
            <>
              <header>
                <h3>{title}</h3>
                <p role="status">{isChanged ? "Not saved yet" : note}</p>
                {save && (
                  <>
                    <button
                      type="button"
                      class="plain"
                      disabled={!isChanged || isBusy}
                      onClick={() => write(undefined)}
                    >
                      Undo
                    </button>
                    <button
                      type="button"
                      class="primary"
                      disabled={!isChanged || isBusy}
                      aria-busy={isBusy}
                      onClick={() => void keep(known)}
                    >
                      Save
                    </button>
                  </>
                )}
              </header>
              <textarea
                aria-label={`Text of ${title}`}
                spellcheck={false}
                readOnly={!save}
                value={text ?? known.content}
                onInput={({ currentTarget }) => write(currentTarget.value)}
                onKeyDown={(event) => {
                  if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return
                  event.preventDefault()
                  void keep(known)
                }}
              />
            </>
          )
        }}
      </Known>
    </section>
  )
}
