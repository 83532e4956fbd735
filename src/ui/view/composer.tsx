import { useEffect, useId, useRef, useState } from "preact/hooks"
import type { App } from "../app.ts"
import { suggestionsFor } from "../completion.ts"
import type { Drafts } from "../drafts.ts"
import { enclose, withTexts } from "../enclosures.ts"
import type { Enclosure } from "../enclosures.ts"
import type { Gateway } from "../gateway.ts"
import { Icon } from "../parts/icon.tsx"
import { problem } from "../parts/toast.tsx"
import { useResource } from "../resource.ts"
import { Enclosures } from "./enclosures.tsx"
import { Suggestions } from "./suggestions.tsx"

interface Props {
  app: App
  gateway: Gateway
  drafts: Drafts
  /** Words to begin with, when the person asked for them. */
  suggestion?: { text: string }
}

export const Composer = ({ app, gateway, drafts, suggestion }: Props) => {
  const key = app.draftKey.value
  const [text, setText] = useState(drafts.read(key))
  const [enclosures, setEnclosures] = useState<readonly Enclosure[]>([])
  const [chosen, setChosen] = useState(0)
  const [isDismissed, setDismissed] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const listId = useId()
  const connected = app.link.value.kind === "open"
  const ready = connected && text.trim() !== ""
  const commands = useResource(
    gateway,
    () => gateway.call("commands.list", { scope: "text", includeArgs: true }),
    { events: ["config.changed"] },
  ).value?.commands
  const suggestions = isDismissed ? [] : suggestionsFor(text, commands ?? [])

  useEffect(() => {
    setText(drafts.read(key))
    setEnclosures([])
    if (matchMedia("(hover: hover)").matches) field.current?.focus({ preventScroll: true })
  }, [key])
  useEffect(() => {
    if (!suggestion) return
    write(suggestion.text)
    field.current?.focus()
  }, [suggestion])

  const write = (next: string) => {
    setText(next)
    setChosen(0)
    setDismissed(false)
    drafts.write(key, next)
  }
  const take = async (files: Iterable<File>) => {
    for (const file of files) {
      const taken = await enclose(file)
      if ("problem" in taken) problem(taken.problem)
      else setEnclosures((before) => [...before, taken])
    }
  }
  const send = () => {
    if (!ready) return
    const pictures = enclosures.flatMap((one) => (one.kind === "picture" ? [one.url] : []))
    void app.send(withTexts(text.trim(), enclosures), pictures)
    setEnclosures([])
    write("")
  }
  const pressed = (event: KeyboardEvent) => {
    // An Enter that picks a word in an input method is not meant for us.
    if (event.isComposing) return
    const offered = suggestions[chosen]
    if (offered) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step) setChosen((chosen + step + suggestions.length) % suggestions.length)
      else if (event.key === "Escape") setDismissed(true)
      else if (
        event.key === "Tab" ||
        (event.key === "Enter" && offered.text.trim() !== text.trim())
      )
        write(offered.text)
      else if (event.key === "Enter" && !event.shiftKey) send()
      else return
      return event.preventDefault()
    }
    if (event.key !== "Enter" || event.shiftKey) return
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
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void take([...(event.dataTransfer?.files ?? [])])
      }}
    >
      {suggestions.length > 0 && (
        <Suggestions id={listId} list={suggestions} chosen={chosen} onChoose={write} />
      )}
      <Enclosures
        list={enclosures}
        onRemove={(gone) => setEnclosures(enclosures.filter((one) => one !== gone))}
      />
      <div class="field">
        <button
          type="button"
          class="round soft"
          aria-label="Add pictures or text files"
          title="Add pictures or text files"
          onClick={() => picker.current?.click()}
        >
          <Icon name="clip" />
        </button>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            void take([...(currentTarget.files ?? [])])
            currentTarget.value = ""
          }}
        />
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
            aria-autocomplete="list"
            aria-controls={suggestions.length ? listId : undefined}
            aria-activedescendant={suggestions.length ? `${listId}-${chosen}` : undefined}
            enterkeyhint="send"
            value={text}
            onInput={({ currentTarget }) => write(currentTarget.value)}
            onKeyDown={pressed}
            onPaste={(event) => {
              const files = [...(event.clipboardData?.files ?? [])]
              if (!files.length) return
              event.preventDefault()
              void take(files)
            }}
          />
        </div>
        {app.active.value && (
          <button
            type="button"
            class="round stop"
            aria-label="Stop the answer"
            title="Stop the answer"
            disabled={!connected}
            onClick={() => void app.stop()}
          >
            <Icon name="stop" />
          </button>
        )}
        {(!app.active.value || text.trim()) && (
          <button
            type="submit"
            class="round"
            aria-label={app.active.value ? "Send next" : "Send"}
            disabled={!ready}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
      <p id="keys" class="keys">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd> <kbd>Enter</kbd> makes a new line, <kbd>/</kbd>{" "}
        lists commands
      </p>
    </form>
  )
}
