import { useState } from "preact/hooks"
import type { JsonSchema } from "../../../config/schema.ts"
import { Described } from "../../parts/described.tsx"
import { Icon } from "../../parts/icon.tsx"
import { counted } from "../../words.ts"
import { controlOf, fits, placesBelow } from "./forms.ts"
import type { Place } from "./forms.ts"
import { Setting } from "./setting.tsx"
import type { Form } from "./setting.tsx"
import { formatPath, isSame, valueAt } from "./tree.ts"

interface Props {
  place: Place
  form: Form
}

/** Whatever lies at a place: a setting, or a group of them that opens. */
export const At = ({ place, form }: Props) => {
  const control = controlOf(place.node)
  const isGroup = ["group", "named", "list"].includes(control.kind)
  if (!isGroup || !fits(control, valueAt(form.tree, place.path)))
    return <Setting place={place} form={form} />
  return <Group place={place} form={form} />
}

/** What is in a group, without a frame around it. */
export const Inside = ({ place, form }: Props) => {
  const control = controlOf(place.node)
  return (
    <>
      {placesBelow(place, form.tree).map((inner) => (
        <At key={formatPath(inner.path)} place={inner} form={form} />
      ))}
      {control.kind === "named" && <AddNamed place={place} of={control.of} form={form} />}
      {control.kind === "list" && (
        <button
          type="button"
          class="plain add"
          onClick={() =>
            form.change([...place.path, placesBelow(place, form.tree).length], emptyOf(control.of))
          }
        >
          <Icon name="plus" />
          Add to {place.path.at(-1)}
        </button>
      )}
    </>
  )
}

/** What is called by a name of its own goes by it, else by its number. */
const titleOf = ({ path }: Place, value: unknown) => {
  const last = path.at(-1)
  if (typeof last !== "number") return String(last)
  const { id, name } = (value ?? {}) as { id?: unknown; name?: unknown }
  return String(id ?? name ?? `Number ${last + 1}`)
}

const noteOf = (value: unknown) => {
  if (value === undefined) return "all as by default"
  if (Array.isArray(value)) return counted(value.length, "entry", "entries")
  return `${Object.keys(value as object).length} set`
}

/** Where the schema does not say what it begins with, an entry begins empty. */
const emptyOf = (node: JsonSchema) => {
  const { kind } = controlOf(node)
  return kind === "list" || kind === "words" ? [] : kind === "group" || kind === "named" ? {} : ""
}

const Group = ({ place, form }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const value = valueAt(form.tree, place.path)
  const isChanged = !isSame(value, valueAt(form.file, place.path))
  const title = titleOf(place, value)
  return (
    <details
      class={isChanged ? "setting-group changed" : "setting-group"}
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <Icon name="chevron" />
        <span>
          <b>{title}</b>{" "}
          {place.node.description && (
            <small>
              <Described text={place.node.description} />
            </small>
          )}
        </span>
        <span class="setting-count">{isChanged ? "not saved" : noteOf(value)}</span>
      </summary>
      {isOpen && (
        <div class="setting-inside">
          <Inside place={place} form={form} />
          {value !== undefined && (
            <p class="setting-notes">
              <button type="button" class="link" onClick={() => form.change(place.path, undefined)}>
                Take {title} out of the file
              </button>
            </p>
          )}
        </div>
      )}
    </details>
  )
}

const AddNamed = ({ place, of, form }: Props & { of: JsonSchema }) => {
  const [name, setName] = useState("")
  const known = Object.keys((valueAt(form.tree, place.path) as object | undefined) ?? {})
  const meant = name.trim()
  return (
    <form
      class="add-named"
      onSubmit={(event) => {
        event.preventDefault()
        if (!meant || known.includes(meant)) return
        form.change([...place.path, meant], emptyOf(of))
        setName("")
      }}
    >
      <input
        type="text"
        aria-label={`Name of another entry of ${formatPath(place.path)}`}
        placeholder="Name of another one"
        autocomplete="off"
        spellcheck={false}
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button type="submit" class="plain" disabled={!meant || known.includes(meant)}>
        Add
      </button>
    </form>
  )
}
