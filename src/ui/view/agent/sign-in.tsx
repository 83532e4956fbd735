import { useEffect, useRef, useState } from "preact/hooks"
import { failureOf } from "../../failure.ts"
import type { Failure } from "../../failure.ts"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Result } from "../../methods.ts"
import { CopyButton } from "../../parts/copy-button.tsx"
import { Dialog } from "../../parts/dialog.tsx"
import { TextField } from "../../parts/field.tsx"
import { FailureNotice, Loading } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"

type Begun = Result<"models.auth.interactive.start">

interface Props {
  gateway: Gateway
  agentId: string
  provider: string
  onDone: () => void
  onClose: () => void
}

/** As long as a person may take on the provider's page. */
const personMs = 16 * 60_000

/** Signs in at a provider, on a page of its own that opens beside this one. */
export const SignIn = ({ gateway, agentId, provider, onDone, onClose }: Props) => {
  const [begun, setBegun] = useState<Begun>()
  const [failure, setFailure] = useState<Failure>()
  const [address, setAddress] = useState("")
  const isOver = useRef(false)
  const failed = (thrown: unknown) => {
    if (!isOver.current) setFailure(failureOf(thrown))
  }
  const finish = async (sessionId: string, with_: { address?: string } = {}) => {
    await longCall(
      gateway,
      "models.auth.interactive.finish",
      { sessionId, ...with_ },
      { timeoutMs: personMs },
    )
    if (isOver.current) return
    isOver.current = true
    onDone()
  }
  const begin = async () => {
    setFailure(undefined)
    setBegun(undefined)
    const next = await longCall(gateway, "models.auth.interactive.start", {
      provider,
      agentId,
      replaceRunning: true,
    })
    if (isOver.current) return
    setBegun(next)
    // The provider tells the gateway; the person has only to say yes there.
    if (next.step.id === "wait") await finish(next.sessionId)
  }
  useEffect(() => {
    begin().catch(failed)
    return () => {
      isOver.current = true
    }
  }, [])
  const close = () => {
    if (begun && !isOver.current)
      gateway
        .call("models.auth.interactive.cancel", { sessionId: begun.sessionId })
        .catch(() => undefined)
    onClose()
  }
  return (
    <Dialog title={begun?.step.title ?? "Sign in"} onClose={close}>
      {failure && (
        <FailureNotice
          what="sign in"
          failure={failure}
          onRetry={() => void begin().catch(failed)}
        />
      )}
      {!begun && !failure && <Loading what="the provider’s page" />}
      {begun && !failure && (
        <>
          <Page {...begun.step} />
          {begun.step.id === "wait" ? (
            <Progress text="Waiting for your yes on that page" onCancel={close} />
          ) : (
            <form
              onSubmit={(event) => {
                event.preventDefault()
                finish(begun.sessionId, { address: address.trim() }).catch(failed)
              }}
            >
              <TextField
                label="The address it led you to"
                hint="The last page cannot be shown by your browser. That is fine: copy its whole address from the address bar."
                placeholder={begun.step.redirectUri}
                value={address}
                onChange={setAddress}
              />
              <div class="dialog-actions">
                <button type="submit" class="primary" disabled={!address.trim()}>
                  Sign in
                </button>
              </div>
            </form>
          )}
        </>
      )}
    </Dialog>
  )
}

const Page = ({ url, userCode }: Begun["step"]) => (
  <>
    <p class="step">
      {/^https?:\/\//.test(url) && (
        <a class="link" href={url} target="_blank" rel="noreferrer noopener">
          Open the provider’s page
        </a>
      )}{" "}
      and say yes there.
    </p>
    {userCode && (
      <div class="command">
        <code>{userCode}</code>
        <CopyButton text={userCode} what="code" />
      </div>
    )}
  </>
)
