import type { Enclosure } from "../enclosures.ts"
import { Icon } from "../parts/icon.tsx"

interface Props {
  list: readonly Enclosure[]
  onRemove: (enclosure: Enclosure) => void
}

/** What goes with the message that is being written. */
export const Enclosures = ({ list, onRemove }: Props) =>
  list.length === 0 ? null : (
    <ul class="enclosures" aria-label="Files for this message">
      {list.map((one, at) => (
        <li key={at}>
          {one.kind === "picture" && <img src={one.url} alt="" />}
          <span>{one.name}</span>
          <button
            type="button"
            class="quiet square"
            aria-label={`Remove ${one.name}`}
            onClick={() => onRemove(one)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  )
