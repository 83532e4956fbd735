import type { Gateway } from "../gateway.ts"
import { useResource } from "../resource.ts"

interface Props {
  gateway: Gateway
  words: string
  /** Only what was said to this agent. */
  agentId?: string
  onChoose: (key: string) => void
}

/** Where the words were said, in any conversation. */
export const Findings = ({ gateway, words, agentId, onChoose }: Props) => {
  const { value } = useResource(
    gateway,
    () => gateway.call("sessions.search", { query: words, agentId, limit: 20 }),
    { of: [words, agentId] },
  )
  const found = value?.results.filter(({ archived }) => !archived) ?? []
  if (found.length === 0) return null
  return (
    <>
      <h2 class="side-title">In messages</h2>
      <ul class="sessions">
        {found.map((hit) => (
          <li key={hit.messageId}>
            <button type="button" title={hit.key} onClick={() => onChoose(hit.key)}>
              <span class="session-title">{hit.displayName ?? hit.key}</span>
              <span class="session-last">{hit.snippet}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
