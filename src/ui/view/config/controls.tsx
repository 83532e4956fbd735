import { useEffect, useState } from "preact/hooks"
import type { Control } from "./forms.ts"
import { isSame } from "./tree.ts"

export interface ControlProps {
  id: string
  about: string
  value: unknown
  /** What counts where nothing is set. */
  usual: unknown
  /** The file has it like this. */
  isSaved: boolean
  onChange: (value: unknown) => void
}

const shownUsual = (usual: unknown) => (usual === undefined ? "not set" : String(usual))

/** What puts in one value. */
export const ValueControl = ({ control, ...props }: ControlProps & { control: Control }) => {
  if (control.kind === "switch") return <SwitchControl {...props} />
  if (control.kind === "choice") return <ChoiceControl {...props} options={control.options} />
  if (control.kind === "number") return <NumberControl {...props} />
  if (control.kind === "secret") return <SecretControl {...props} />
  if (control.kind === "text") return <TextControl {...props} />
  if (control.kind === "words") return <WordsControl {...props} numeric={control.numeric} />
  return <JsonControl {...props} />
}

const SwitchControl = ({ id, about, value, usual, onChange }: ControlProps) => (
  <input
    id={id}
    aria-describedby={about}
    type="checkbox"
    role="switch"
    class="switch"
    checked={Boolean(value ?? usual)}
    onChange={({ currentTarget }) => onChange(currentTarget.checked)}
  />
)

const ChoiceControl = ({
  id,
  about,
  value,
  usual,
  options,
  onChange,
}: ControlProps & { options: readonly string[] }) => (
  <select
    id={id}
    aria-describedby={about}
    value={String(value ?? "")}
    onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
  >
    <option value="">{`Default: ${shownUsual(usual)}`}</option>
    {typeof value === "string" && !options.includes(value) && (
      <option value={value}>{value}</option>
    )}
    {options.map((option) => (
      <option key={option} value={option}>
        {option}
      </option>
    ))}
  </select>
)

const NumberControl = ({ id, about, value, usual, onChange }: ControlProps) => (
  <input
    id={id}
    aria-describedby={about}
    type="number"
    step="any"
    placeholder={shownUsual(usual)}
    value={typeof value === "number" ? value : ""}
    onInput={({ currentTarget: { value: text, valueAsNumber } }) => {
      if (text === "" || Number.isFinite(valueAsNumber))
        onChange(text === "" ? undefined : valueAsNumber)
    }}
  />
)

const TextControl = ({ id, about, value, usual, onChange }: ControlProps) => (
  <input
    id={id}
    aria-describedby={about}
    type="text"
    autocomplete="off"
    spellcheck={false}
    placeholder={shownUsual(usual)}
    value={value === undefined ? "" : String(value)}
    onInput={({ currentTarget }) => onChange(currentTarget.value || undefined)}
  />
)

/** A secret is never shown, only replaced. */
const SecretControl = ({ id, about, value, isSaved, onChange }: ControlProps) => {
  const { source, id: name } = (typeof value === "object" && value ? value : {}) as {
    source?: string
    id?: string
  }
  const kept = source ? `kept in ${source}: ${name}` : "kept; type to replace it"
  return (
    <input
      id={id}
      aria-describedby={about}
      type="password"
      autocomplete="new-password"
      placeholder={value === undefined ? "not set" : kept}
      value={!isSaved && typeof value === "string" ? value : ""}
      onInput={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    />
  )
}

/** Text that means a value once it can be read; what was typed stays as it was typed. */
const useTyped = (
  value: unknown,
  write: (value: unknown) => string,
  read: (text: string) => unknown,
) => {
  const [text, setText] = useState(write(value))
  const meant = (() => {
    try {
      return { value: read(text) }
    } catch {
      return undefined
    }
  })()
  useEffect(() => {
    // It was put back, or changed elsewhere.
    if (meant && !isSame(meant.value, value)) setText(write(value))
  }, [value])
  return { text, setText, isReadable: meant !== undefined }
}

const WordsControl = ({
  id,
  about,
  value,
  usual,
  numeric,
  onChange,
}: ControlProps & { numeric: boolean }) => {
  const read = (text: string) => {
    const lines = text
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean)
    if (!lines.length) return undefined
    return numeric ? lines.map(Number).filter(Number.isFinite) : lines
  }
  const write = (list: unknown) => (Array.isArray(list) ? list.join("\n") : "")
  const { text, setText } = useTyped(
    Array.isArray(value) && !numeric ? value.map(String) : value,
    write,
    read,
  )
  return (
    <textarea
      id={id}
      aria-describedby={about}
      rows={Math.min(8, Math.max(2, text.split("\n").length))}
      spellcheck={false}
      placeholder={
        Array.isArray(usual) && usual.length ? usual.join("\n") : "none; one entry a line"
      }
      value={text}
      onInput={({ currentTarget }) => {
        setText(currentTarget.value)
        onChange(read(currentTarget.value))
      }}
    />
  )
}

const JsonControl = ({ id, about, value, usual, onChange }: ControlProps) => {
  const write = (one: unknown) => (one === undefined ? "" : JSON.stringify(one, null, 2))
  const read = (text: string): unknown => (text.trim() ? JSON.parse(text) : undefined)
  const { text, setText, isReadable } = useTyped(value, write, read)
  return (
    <>
      <textarea
        id={id}
        class="code"
        aria-describedby={about}
        aria-invalid={isReadable ? undefined : true}
        rows={Math.min(12, Math.max(1, text.split("\n").length))}
        spellcheck={false}
        placeholder={usual === undefined ? "not set" : JSON.stringify(usual)}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          try {
            onChange(read(currentTarget.value))
          } catch {
            // It counts once it can be read.
          }
        }}
      />
      {!isReadable && (
        <p class="field-problem" role="status">
          This cannot be read as JSON yet. Text goes in quotes.
        </p>
      )}
    </>
  )
}
