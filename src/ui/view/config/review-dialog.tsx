import { useEffect, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Result } from "../../methods.ts"
import { Dialog } from "../../parts/dialog.tsx"
import { FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import type { DiffLine } from "./line-diff.ts"
import { reloadWords } from "./setting.tsx"

export type Outcome = Result<"config.edit">
type Change = Outcome["changes"][number]

interface Props {
  /** Says what would change, or with `dryRun: false` changes it. */
  write: (options: { dryRun: boolean }) => Promise<Outcome>
  /** Lines of the file that differ, where those are what was edited. */
  lines?: readonly DiffLine[]
  onSaved: (outcome: Outcome) => void
  onClose: () => void
}

/** What saving does, setting by setting, before it is done. */
export const ReviewDialog = ({ write, lines, onSaved, onClose }: Props) => {
  const [told, tell] = useState<Outcome>()
  const [failure, fail] = useState<Failure>()
  const [isSaving, setSaving] = useState(false)

  const attempt = async (dryRun: boolean) => {
    fail(undefined)
    setSaving(!dryRun)
    try {
      const outcome = await write({ dryRun })
      if (dryRun) tell(outcome)
      else onSaved(outcome)
    } catch (thrown) {
      fail(failureOf(thrown))
    }
    setSaving(false)
  }
  useEffect(() => void attempt(true), [])

  const isEmpty = told?.changes.length === 0
  return (
    <Dialog title="Save these changes?" onClose={onClose}>
      <div class="review">
        {!told && !failure && <Progress text="Checking them" />}
        {failure && <FailureNotice what="save this" failure={failure} />}
        {told && !failure && (
          <>
            {isEmpty && <p>No setting changes its value; only the file's text does.</p>}
            <ul class="changes">
              {told.changes.map((change) => (
                <ChangeRow key={change.path} {...change} />
              ))}
            </ul>
            {told.changes.some(({ reload }) => reload === "process") && (
              <p>
                What counts after a restart waits for it, or restarts the gateway by itself, as
                gateway.reload says.
              </p>
            )}
          </>
        )}
        {lines && lines.length > 0 && (
          <details class="line-diff">
            <summary>Lines that differ</summary>
            <pre>
              {lines.map(({ kind, text }, at) => (
                <span key={at} class={kind}>
                  {kind === "added" ? "+ " : kind === "removed" ? "− " : "  "}
                  {text}
                  {"\n"}
                </span>
              ))}
            </pre>
          </details>
        )}
        <div class="dialog-actions">
          <button type="button" class="plain" onClick={onClose}>
            Go on editing
          </button>
          <button
            type="button"
            class="primary"
            disabled={!told || failure !== undefined || isSaving}
            aria-busy={isSaving}
            onClick={() => void attempt(false)}
          >
            Save
          </button>
        </div>
      </div>
    </Dialog>
  )
}

const ChangeRow = ({ path, before, after, reload }: Change) => {
  const isHidden = before !== undefined && JSON.stringify(before) === JSON.stringify(after)
  return (
    <li>
      <p>
        <code>{path}</code> <span class={`tag ${reload}`}>{reloadWords[reload]}</span>
      </p>
      <p class="change-values">
        {isHidden ? (
          "another secret"
        ) : (
          <>
            <del>{inWords(before)}</del> <ins>{inWords(after)}</ins>
          </>
        )}
      </p>
    </li>
  )
}

const inWords = (value: unknown) => (value === undefined ? "default" : JSON.stringify(value))
