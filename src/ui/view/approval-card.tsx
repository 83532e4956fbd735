import type { Attention, Decision, Waiting } from "../attention.ts"
import { useNow } from "../now.ts"
import { Action } from "../parts/action.tsx"
import { Icon } from "../parts/icon.tsx"
import { duration } from "../words.ts"

const answers: Record<Decision, { text: string; class: string; what: string }> = {
  "allow-once": { text: "Allow once", class: "primary", what: "allow the command" },
  "allow-always": { text: "Always allow", class: "plain", what: "allow the command for good" },
  deny: { text: "Deny", class: "plain", what: "deny the command" },
}
const order = Object.keys(answers) as Decision[]

const hosts = { gateway: "this gateway's machine", sandbox: "the sandbox", node: "a node" }

interface Props {
  waiting: Waiting
  attention: Attention
  /** Opens the conversation that asks; absent where it is open. */
  onOpen?: (sessionKey: string) => void
}

/** A command that waits for a person: what would run, where, and the answers there are. */
export const ApprovalCard = ({ waiting, attention, onOpen }: Props) => {
  const now = useNow(1000)
  const { id, request, expiresAtMs } = waiting
  const { command, cwd, host, nodeId, agentId, sessionKey, reason, allowedDecisions } = request
  const left = expiresAtMs - now
  return (
    <section class="approval" aria-label={`Approval of ${command}`}>
      <header>
        <Icon name="shield" />
        <h3>{agentId ? `Agent ${agentId} wants to run` : "Somebody wants to run"}</h3>
        <time>{left > 0 ? `${remaining(left)} left` : "over"}</time>
      </header>
      <pre tabIndex={0}>{command}</pre>
      <p>
        {cwd && (
          <>
            In <code>{cwd}</code>,{" "}
          </>
        )}
        on {nodeId ? `node ${nodeId}` : hosts[host]}.
        {reason && ` Why it asks: ${reason.replace(/\.$/, "")}.`}
      </p>
      <div class="approval-answers">
        {order
          .filter((decision) => allowedDecisions.includes(decision))
          .map((decision) => (
            <Action
              key={decision}
              class={answers[decision].class}
              what={answers[decision].what}
              act={() => attention.decide(id, decision)}
            >
              {answers[decision].text}
            </Action>
          ))}
        {onOpen && sessionKey && (
          <button type="button" class="link" onClick={() => onOpen(sessionKey)}>
            Open the conversation
          </button>
        )}
      </div>
    </section>
  )
}

const remaining = (ms: number) => (ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : duration(ms))
