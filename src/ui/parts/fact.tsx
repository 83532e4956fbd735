import type { ComponentChildren } from "preact"

interface Props {
  name: string
  /** Something to look at. */
  isOdd?: boolean
  note?: string
  children: ComponentChildren
}

/** One figure of a `fact-grid`. */
export const Fact = ({ name, isOdd, note, children }: Props) => (
  <div class={isOdd ? "fact odd" : "fact"}>
    <dt>{name}</dt>
    <dd>
      {children}
      {note && <small>{note}</small>}
    </dd>
  </div>
)
