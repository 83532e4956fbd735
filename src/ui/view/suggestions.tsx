import type { Suggestion } from "../completion.ts"

interface Props {
  id: string
  list: readonly Suggestion[]
  chosen: number
  onChoose: (text: string) => void
}

/** Commands to choose from while one is typed; the field keeps the focus. */
export const Suggestions = ({ id, list, chosen, onChoose }: Props) => (
  <ul class="suggestions" id={id} role="listbox" aria-label="Commands">
    {list.map(({ text, title, about }, at) => (
      <li
        key={title}
        id={`${id}-${at}`}
        role="option"
        aria-selected={at === chosen}
        onMouseDown={(event) => {
          event.preventDefault()
          onChoose(text)
        }}
      >
        <b>{title}</b>
        <span>{about}</span>
      </li>
    ))}
  </ul>
)
