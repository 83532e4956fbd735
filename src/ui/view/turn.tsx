import { useMemo } from "preact/hooks"
import type { App } from "../app.ts"
import type { Entry } from "../transcript.ts"
import { entryText } from "../transcript.ts"
import { CopyButton } from "./copy-button.tsx"
import { Icon } from "./icon.tsx"
import { RichText } from "./rich-text.tsx"
import { ToolCard } from "./tool-card.tsx"

const Said = ({ entry, app }: { entry: Entry; app: App }) => (
  <article class={`turn user ${entry.state}`} aria-label="You">
    <div class="bubble">{entryText(entry)}</div>
    {entry.state === "unsent" && (
      <p class="problem" role="alert">
        <Icon name="alert" />
        <span>Not sent: {entry.problem}.</span>
        <button
          type="button"
          class="link"
          onClick={() => void app.sendAgain(entry.id, entryText(entry))}
        >
          Try again
        </button>
      </p>
    )}
  </article>
)

const Answered = ({ entry }: { entry: Entry }) => {
  const streaming = entry.state === "streaming"
  const text = entryText(entry)
  const last = entry.parts.at(-1)
  const waiting = streaming && (last?.kind !== "text" || !last.text.trim())
  return (
    <article class={`turn assistant ${entry.state}`} aria-label="Assistant" aria-busy={streaming}>
      {entry.parts.map((part, index) =>
        part.kind === "text" ? (
          <RichText key={index} text={part.text} />
        ) : (
          <ToolCard key={part.id} {...part} />
        ),
      )}
      {waiting && (
        <p class="working" aria-label="Working on it">
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
      {!streaming && text && (
        <footer class="turn-actions">
          <CopyButton text={text} what="answer" />
        </footer>
      )}
    </article>
  )
}

/** Turns that did not change keep their elements, however long the conversation. */
export const Turn = ({ entry, app }: { entry: Entry; app: App }) =>
  useMemo(
    () => (entry.role === "user" ? <Said entry={entry} app={app} /> : <Answered entry={entry} />),
    [entry, app],
  )
