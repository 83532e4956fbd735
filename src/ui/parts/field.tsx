import type { ComponentChildren } from "preact"
import { useId, useState } from "preact/hooks"

interface Common {
  label: string
  /** What it means, or what may be written. */
  hint?: string
  /** Why what is written will not do. */
  problem?: string
}

interface Ids {
  id: string
  "aria-describedby"?: string
  "aria-invalid"?: true
}

const Field = ({
  label,
  hint,
  problem,
  children,
}: Common & { children: (ids: Ids) => ComponentChildren }) => {
  const id = useId()
  const about = problem ? `${id}-problem` : hint ? `${id}-hint` : undefined
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(about && { "aria-describedby": about }),
        ...(problem && { "aria-invalid": true }),
      })}
      {problem ? (
        <p id={`${id}-problem`} class="field-problem">
          {problem}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} class="field-hint">
            {hint}
          </p>
        )
      )}
    </div>
  )
}

interface TextProps extends Common {
  value: string
  onChange: (value: string) => void
  placeholder?: string
  maxLength?: number
}

export const TextField = ({ value, onChange, placeholder, maxLength, ...common }: TextProps) => (
  <Field {...common}>
    {(ids) => (
      <input
        {...ids}
        type="text"
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        maxLength={maxLength}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )}
  </Field>
)

/** For what nobody is to read over a shoulder; it is never shown again. */
export const SecretField = ({ value, onChange, placeholder, maxLength, ...common }: TextProps) => (
  <Field {...common}>
    {(ids) => (
      <input
        {...ids}
        type="password"
        autocomplete="off"
        placeholder={placeholder}
        maxLength={maxLength}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )}
  </Field>
)

/** For more than one line. */
export const LongTextField = ({
  value,
  onChange,
  placeholder,
  maxLength,
  ...common
}: TextProps) => (
  <Field {...common}>
    {(ids) => (
      <textarea
        {...ids}
        rows={4}
        placeholder={placeholder}
        maxLength={maxLength}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )}
  </Field>
)

interface ChoiceProps extends Common {
  value: string
  onChange: (value: string) => void
  options: readonly { value: string; label: string }[]
}

export const ChoiceField = ({ value, onChange, options, ...common }: ChoiceProps) => (
  <Field {...common}>
    {(ids) => (
      <select
        {...ids}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Field>
)

interface CheckProps {
  label: string
  hint?: string
  checked: boolean
  disabled?: boolean
  onChange: (checked: boolean) => void | Promise<void>
}

export const CheckField = ({ label, hint, checked, disabled, onChange }: CheckProps) => {
  // What was chosen, for as long as the gateway has yet to say so.
  const [wanted, setWanted] = useState<boolean>()
  const change = async (now: boolean) => {
    setWanted(now)
    try {
      await onChange(now)
    } finally {
      setWanted(undefined)
    }
  }
  return (
    <label class="check-field">
      <input
        type="checkbox"
        checked={wanted ?? checked}
        disabled={disabled}
        onChange={({ currentTarget }) => void change(currentTarget.checked)}
      />
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  )
}
