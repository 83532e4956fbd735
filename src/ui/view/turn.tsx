import { useMemo } from "preact/hooks"
import { Icon } from "../parts/icon.tsx"
import { CopyButton } from "../parts/copy-button.tsx"
import type { Entry } from "../transcript.ts"
import { entryText } from "../transcript.ts"
import { Pictures } from "./pictures.tsx"
import { RichText } from "./rich-text.tsx"
import { Thinking } from "./thinking.tsx"
import { ToolCard } from "./tool-card.tsx"

/** What a person can do with a turn. Always the same object, so that turns keep their elements. */
export interface TurnActions {
  /** Delivers what was not delivered. */
  sendAgain: (entry: Entry) => void
  /** Puts what was said back into the composer. */
  edit: (text: string) => void
  /** Asks the question of this answer once more. */
  askAgain: (entry: Entry) => void
  /** Gives a picture of this conversation as a data URL. */
  loadPicture: (mediaId: string) => Promise<string>
}

interface Props {
  entry: Entry
  isLast: boolean
  /** Another answer is before it. */
  isQueued: boolean
  actions: TurnActions
}

const Said = ({ entry, actions }: Pick<Props, "entry" | "actions">) => {
  const text = entryText(entry)
  const pictures = entry.parts.filter((part) => part.kind === "picture")
  return (
    <article class={`turn user ${entry.state}`} aria-label="You">
      {pictures.length > 0 && (
        <Pictures list={pictures} alt="Picture you sent" load={actions.loadPicture} />
      )}
      <div class="bubble">{text}</div>
      {entry.state === "unsent" ? (
        <p class="problem" role="alert">
          <Icon name="alert" />
          <span>Not sent: {entry.problem}.</span>
          <button type="button" class="link" onClick={() => actions.sendAgain(entry)}>
            Try again
          </button>
        </p>
      ) : (
        <footer class="turn-actions">
          <button type="button" class="quiet" onClick={() => actions.edit(text)}>
            <Icon name="pencil" />
            Edit
          </button>
        </footer>
      )}
    </article>
  )
}

const Answered = ({ entry, isLast, isQueued, actions }: Props) => {
  const streaming = entry.state === "streaming"
  const text = entryText(entry)
  const last = entry.parts.at(-1)
  const waiting = streaming && !isQueued && (last?.kind !== "text" || !last.text.trim())
  // A message that another's answer took along, or one that was to be met with silence.
  if (entry.state === "done" && entry.parts.length === 0) return null
  return (
    <article class={`turn assistant ${entry.state}`} aria-label="Assistant" aria-busy={streaming}>
      {entry.parts.map((part, index) => {
        if (part.kind === "text") return <RichText key={index} text={part.text} />
        if (part.kind === "tool")
          return <ToolCard key={part.id} part={part} loadPicture={actions.loadPicture} />
        if (part.kind === "thinking")
          return <Thinking key={index} text={part.text} isLive={streaming && part === last} />
        return null
      })}
      {isQueued && <p class="footnote">Waits until the answer above is done.</p>}
      {waiting && (
        <p class="working" role="img" aria-label="Working on it">
          <i />
          <i />
          <i />
        </p>
      )}
      {entry.state === "stopped" && <p class="footnote">Stopped here.</p>}
      {entry.state === "failed" && (
        <p class="problem" role="alert">
          <Icon name="alert" />
          <span>
            The answer failed: {entry.problem?.replace(/\.$/, "") ?? "no reason was given"}.{" "}
            {entry.hint ?? (
              <>
                Ask again, or look at <code>fased logs</code>.
              </>
            )}
          </span>
        </p>
      )}
      {!streaming && (
        <footer class="turn-actions">
          {text && <CopyButton text={text} what="answer" />}
          {isLast && (
            <button type="button" class="quiet" onClick={() => actions.askAgain(entry)}>
              <Icon name="again" />
              Ask again
            </button>
          )}
        </footer>
      )}
    </article>
  )
}

/** Turns that did not change keep their elements, however long the conversation. */
export const Turn = ({ entry, isLast, isQueued, actions }: Props) =>
  useMemo(
    () =>
      entry.role === "user" ? (
        <Said entry={entry} actions={actions} />
      ) : (
        <Answered entry={entry} isLast={isLast} isQueued={isQueued} actions={actions} />
      ),
    [entry, isLast, isQueued, actions],
  )
