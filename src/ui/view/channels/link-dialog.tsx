import { useEffect, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Result } from "../../methods.ts"
import { Dialog } from "../../parts/dialog.tsx"
import { FailureNotice, Loading } from "../../parts/notice.tsx"

interface Props {
  gateway: Gateway
  channel: string
  accountId: string
  onClose: () => void
}

type State = Result<"web.login.wait">

const waitMs = 120_000

/** Links an account where a person has to, such as by a code to scan; follows the codes as they change. */
export const LinkDialog = ({ gateway, channel, accountId, onClose }: Props) => {
  const [state, setState] = useState<State>()
  const [failure, setFailure] = useState<Failure>()
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const over = new AbortController()
    const follow = async () => {
      const which = { channel, accountId }
      let now: State = await longCall(gateway, "web.login.start", { ...which, force: attempt > 0 })
      while (!over.signal.aborted) {
        setState(now)
        if (now.connected) return
        now = await longCall(
          gateway,
          "web.login.wait",
          { ...which, seen: now.qr, timeoutMs: waitMs },
          { timeoutMs: waitMs + 30_000, signal: over.signal },
        )
      }
    }
    setFailure(undefined)
    follow().catch((thrown: unknown) => {
      if (!over.signal.aborted) setFailure(failureOf(thrown))
    })
    return () => over.abort()
  }, [attempt])

  return (
    <Dialog title={`Link ${accountId === "default" ? channel : accountId}`} onClose={onClose}>
      {failure && (
        <FailureNotice
          what="link it"
          failure={failure}
          onRetry={() => setAttempt((times) => times + 1)}
        />
      )}
      {!state && !failure && <Loading what="the code" />}
      {state && !failure && (
        <div class="link-code" role="status">
          {state.qrDataUrl && !state.connected && (
            <img src={state.qrDataUrl} alt="Code to scan with the phone" width={240} height={240} />
          )}
          <p>{state.message}</p>
        </div>
      )}
      <div class="dialog-actions">
        <button type="button" class={state?.connected ? "primary" : "plain"} onClick={onClose}>
          {state?.connected ? "Done" : "Cancel"}
        </button>
      </div>
    </Dialog>
  )
}
