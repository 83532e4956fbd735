import { useEffect, useRef, useState } from "preact/hooks"
import type { App } from "../app.ts"
import type { Drafts } from "../drafts.ts"
import { Icon } from "./icon.tsx"

export const Composer = ({ app, drafts }: { app: App; drafts: Drafts }) => {
  const key = app.draftKey.value
  const [text, setText] = useState(drafts.read(key))
  const field = useRef<HTMLTextAreaElement>(null)
  const connected = app.link.value.kind === "open"
  const ready = connected && text.trim() !== ""

  useEffect(() => {
    setText(drafts.read(key))
    if (matchMedia("(hover: hover)").matches) field.current?.focus()
  }, [key])

  const write = (next: string) => {
    setText(next)
    drafts.write(key, next)
  }
  const send = () => {
    if (!ready) return
    void app.send(text.trim())
    write("")
  }
  const pressed = (event: KeyboardEvent) => {
    // An Enter that picks a word in an input method is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    send()
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div class="field">
        <label class="hidden" for="message">
          Message
        </label>
        {/* The copy behind the text gives the field its height. */}
        <div class="grow" data-text={text}>
          <textarea
            id="message"
            ref={field}
            rows={1}
            placeholder={connected ? "Ask anything" : "Write now, send when connected"}
            aria-describedby="keys"
            enterkeyhint="send"
            value={text}
            onInput={({ currentTarget }) => write(currentTarget.value)}
            onKeyDown={pressed}
          />
        </div>
        {app.active.value ? (
          <button
            type="button"
            class="round stop"
            aria-label="Stop the answer"
            disabled={!connected}
            onClick={() => void app.stop()}
          >
            <Icon name="stop" />
          </button>
        ) : (
          <button type="submit" class="round" aria-label="Send" disabled={!ready}>
            <Icon name="send" />
          </button>
        )}
      </div>
      <p id="keys" class="keys">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> makes a new line
      </p>
    </form>
  )
}
