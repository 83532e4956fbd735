import { useMemo, useState } from "preact/hooks"
import type { JsonSchema } from "../../../config/schema.ts"
import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Empty } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { Select } from "../../parts/select.tsx"
import { counted } from "../../words.ts"
import { applied, withEdit } from "./draft.ts"
import type { Edit } from "./draft.ts"
import { controlOf, settingsBelow } from "./forms.ts"
import type { Place } from "./forms.ts"
import { Inside } from "./group.tsx"
import { ReviewDialog } from "./review-dialog.tsx"
import type { Outcome } from "./review-dialog.tsx"
import { Setting } from "./setting.tsx"
import type { Form } from "./setting.tsx"
import { formatPath, isSame, valueAt } from "./tree.ts"

const mostHits = 60

interface Props {
  gateway: Gateway
  schema: Result<"config.schema">
  got: Result<"config.get">
  edits: readonly Edit[]
  onEdits: (edits: Edit[]) => void
  onSaved: (outcome: Outcome) => void
}

const sectionsOf = ({ schema, uiHints }: Props["schema"]): Place[] =>
  Object.entries((schema as JsonSchema).properties ?? {})
    .filter(([id]) => !id.startsWith("$"))
    .map(([id, node]) => ({
      path: [id],
      node,
      reload: (uiHints[id]?.reload ?? "process") as Place["reload"],
    }))

const matches = (place: Place, words: readonly string[]) => {
  const text = `${formatPath(place.path)} ${place.node.description ?? ""}`.toLowerCase()
  return words.every((word) => text.includes(word))
}

/** Every setting there is, section by section, made from the schema. */
export const SettingsForm = ({ gateway, schema, got, edits, onEdits, onSaved }: Props) => {
  const sections = useMemo(() => sectionsOf(schema), [schema])
  const [chosen, choose] = useState(String(sections[0]?.path[0]))
  const [words, setWords] = useState("")
  const [isReviewing, setReviewing] = useState(false)
  const tree = useMemo(() => applied(got.parsed, edits), [got, edits])
  const form: Form = {
    file: got.parsed,
    tree,
    used: got.config,
    change: (path, value) => onEdits(withEdit(got.parsed, edits, { path, value })),
  }
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const hits = useMemo(
    () =>
      words
        ? sections.flatMap((section) =>
            settingsBelow(section, tree).filter((place) => matches(place, wanted)),
          )
        : [],
    [words, sections, tree],
  )
  const section = sections.find(({ path }) => path[0] === chosen)

  return (
    <>
      <div class="toolbar">
        <SearchField
          label="Search every setting"
          placeholder="Search every setting"
          onSearch={setWords}
        />
        {!words && (
          <div class="only-narrow">
            <Select
              label="Section"
              value={chosen}
              options={sections.map(({ path: [id] }) => ({ value: String(id), label: String(id) }))}
              onChange={choose}
            />
          </div>
        )}
        {words && (
          <p class="toolbar-note" role="status">
            {counted(hits.length, "setting")}
          </p>
        )}
      </div>
      <div class="settings">
        <nav aria-label="Sections" class="only-wide">
          <ul>
            {sections.map(({ path: [id], path }) => (
              <li key={id}>
                <button
                  type="button"
                  aria-current={!words && id === chosen ? "true" : undefined}
                  onClick={() => choose(String(id))}
                >
                  {id}
                  {!isSame(valueAt(tree, path), valueAt(got.parsed, path)) && (
                    <i title="Changed here and not saved" />
                  )}
                </button>
              </li>
            ))}
          </ul>
        </nav>
        <div class="settings-body">
          {words && hits.length === 0 && (
            <Empty title="No setting is called or described like that." />
          )}
          {words &&
            hits
              .slice(0, mostHits)
              .map((place) => (
                <Setting key={formatPath(place.path)} place={place} form={form} isWhole />
              ))}
          {hits.length > mostHits && (
            <p class="faint">and {hits.length - mostHits} more; another word narrows it down</p>
          )}
          {!words && section && (
            <section key={chosen} aria-label={chosen}>
              <h2>{chosen}</h2>
              <p class="faint">{section.node.description}</p>
              {["group", "named", "list"].includes(controlOf(section.node).kind) ? (
                <Inside place={section} form={form} />
              ) : (
                <Setting place={section} form={form} />
              )}
            </section>
          )}
        </div>
      </div>
      {edits.length > 0 && (
        <div class="unsaved-bar" role="region" aria-label="Changes that are not saved">
          <p>{counted(edits.length, "change")} not saved</p>
          <button type="button" class="plain" onClick={() => onEdits([])}>
            Discard
          </button>
          <button type="button" class="primary" onClick={() => setReviewing(true)}>
            Review and save
          </button>
        </div>
      )}
      {isReviewing && (
        <ReviewDialog
          write={({ dryRun }) =>
            gateway.call("config.edit", { edits: [...edits], baseHash: got.hash, dryRun })
          }
          onSaved={(outcome) => {
            setReviewing(false)
            onSaved(outcome)
          }}
          onClose={() => setReviewing(false)}
        />
      )}
    </>
  )
}
