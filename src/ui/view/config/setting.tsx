import { useId } from "preact/hooks"
import { Described } from "../../parts/described.tsx"
import { ValueControl } from "./controls.tsx"
import { controlOf, fits } from "./forms.ts"
import type { Place } from "./forms.ts"
import { formatPath, isSame, valueAt } from "./tree.ts"
import type { Path } from "./tree.ts"

/** What the form shows and changes. */
export interface Form {
  /** What the file says, secrets masked. */
  file: unknown
  /** The same with the changes that are not saved yet. */
  tree: unknown
  /** The settings in use, defaults included. */
  used: unknown
  change: (path: Path, value: unknown) => void
}

export const reloadWords = {
  live: "counts at once",
  part: "restarts a part",
  process: "after a restart",
} as const

/** One setting: what it means, when it counts, and its value. */
export const Setting = ({
  place,
  form,
  isWhole,
}: {
  place: Place
  form: Form
  isWhole?: boolean
}) => {
  const id = useId()
  const { path, node, reload = "process" } = place
  const value = valueAt(form.tree, path)
  const isSaved = isSame(value, valueAt(form.file, path))
  const usual =
    node.default ?? (isSaved && value === undefined ? valueAt(form.used, path) : undefined)
  const control = controlOf(node)
  const text = formatPath(path)
  return (
    <div class={isSaved ? "setting" : "setting changed"}>
      <div class="setting-about">
        <label for={id} title={text}>
          {isWhole ? text : String(path.at(-1))}
        </label>
        <p id={`${id}-about`}>{node.description && <Described text={node.description} />}</p>
        <p class="setting-notes">
          <span class={`tag ${reload}`}>{reloadWords[reload]}</span>
          {!isSaved && <span class="tag unsaved">not saved</span>}
          {value !== undefined && (
            <button
              type="button"
              class="link"
              aria-label={`Use the default of ${text}`}
              onClick={() => form.change(path, undefined)}
            >
              Use the default
            </button>
          )}
        </p>
      </div>
      <div class="setting-value">
        <ValueControl
          control={fits(control, value) ? control : { kind: "json" }}
          id={id}
          about={`${id}-about`}
          value={value}
          usual={usual}
          isSaved={isSaved}
          onChange={(next) => form.change(path, next)}
        />
      </div>
    </div>
  )
}
