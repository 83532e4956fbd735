import { useEffect, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Icon } from "../../parts/icon.tsx"
import { counted } from "../../words.ts"
import { lineDiff } from "./line-diff.ts"
import { ReviewDialog } from "./review-dialog.tsx"
import type { Outcome } from "./review-dialog.tsx"

/** A pause in which what was typed is checked. */
const checkMs = 500

/** The file's text as it is edited, and the reading it began from. */
export interface FileDraft {
  text: string
  before: string
  hash: string
}

interface Props {
  gateway: Gateway
  got: Result<"config.get">
  draft: FileDraft | undefined
  onDraft: (draft: FileDraft | undefined) => void
  onSaved: (outcome: Outcome) => void
}

type Verdict =
  { kind: "checking" } | { kind: "good"; changes: number } | { kind: "bad"; failure: Failure }

/** The config file as text. */
export const FileEditor = ({ gateway, got, draft, onDraft, onSaved }: Props) => {
  const [verdict, setVerdict] = useState<Verdict>()
  const [isReviewing, setReviewing] = useState(false)
  const { raw = "", hash } = got
  const text = draft?.text ?? raw
  const isConflict = draft !== undefined && draft.hash !== hash
  const write = ({ dryRun }: { dryRun: boolean }) =>
    gateway.call("config.set", { raw: text, baseHash: draft?.hash ?? hash, dryRun })

  useEffect(() => {
    setVerdict(draft && !isConflict ? { kind: "checking" } : undefined)
    if (!draft || isConflict) return
    let isWanted = true
    const timer = setTimeout(() => {
      write({ dryRun: true }).then(
        ({ changes }) => isWanted && setVerdict({ kind: "good", changes: changes.length }),
        (thrown: unknown) => isWanted && setVerdict({ kind: "bad", failure: failureOf(thrown) }),
      )
    }, checkMs)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [draft, isConflict])

  return (
    <div class="file-editor">
      {isConflict && (
        <div class="notice alarm" role="alert">
          <Icon name="alert" />
          <p>
            <b>The file was changed meanwhile.</b> What you wrote began from an older one, and would
            undo that change.
          </p>
          <button type="button" class="link" onClick={() => onDraft(undefined)}>
            Discard mine
          </button>
          <button
            type="button"
            class="link"
            onClick={() => onDraft({ ...draft, before: raw, hash })}
          >
            Keep mine
          </button>
        </div>
      )}
      <textarea
        class="code"
        aria-label={`Text of ${got.path}`}
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        value={text}
        onInput={({ currentTarget: { value } }) =>
          onDraft(
            value === raw && !isConflict
              ? undefined
              : { before: draft?.before ?? raw, hash: draft?.hash ?? hash, text: value },
          )
        }
      />
      <div class="file-foot">
        <p role="status">
          {!draft && "Secrets are masked; what stands in their place keeps them as they are."}
          {verdict?.kind === "checking" && "Checking…"}
          {verdict?.kind === "good" &&
            (verdict.changes
              ? `This can be used; ${counted(verdict.changes, "setting differs", "settings differ")}.`
              : "This can be used, and means the same.")}
          {verdict?.kind === "bad" && (
            <span class="field-problem">
              {verdict.failure.message} {verdict.failure.hint}
            </span>
          )}
        </p>
        <button type="button" class="plain" disabled={!draft} onClick={() => onDraft(undefined)}>
          Discard
        </button>
        <button
          type="button"
          class="primary"
          disabled={verdict?.kind !== "good"}
          onClick={() => setReviewing(true)}
        >
          Review and save
        </button>
      </div>
      {isReviewing && draft && (
        <ReviewDialog
          write={write}
          lines={lineDiff(draft.before, text)}
          onSaved={(outcome) => {
            setReviewing(false)
            onSaved(outcome)
          }}
          onClose={() => setReviewing(false)}
        />
      )}
    </div>
  )
}
