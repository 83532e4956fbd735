import type { PairRequest } from "../attention.ts"
import type { Gateway } from "../gateway.ts"
import { Action } from "../parts/action.tsx"
import { toast } from "../parts/toast.tsx"
import { deviceName, scopeWords, when } from "../words.ts"

interface Props {
  gateway: Gateway
  requests: readonly PairRequest[]
  now: number
}

/** Devices that ask to be let in, with what they would be allowed. */
export const PairRequests = ({ gateway, requests, now }: Props) => {
  if (requests.length === 0) return null
  return (
    <section aria-labelledby="asking">
      <h2 id="asking">Asking to be let in</h2>
      <div class="approvals">
        {requests.map((asked) => {
          const name = deviceName(asked)
          const { requestId, remoteIp, platform, role, scopes, isRepair, ts } = asked
          return (
            <section key={requestId} class="approval" aria-label={`Request of ${name}`}>
              <header>
                <h3>{name}</h3>
                <time>{when(ts, now)}</time>
              </header>
              <p>
                {platform}
                {remoteIp && `, from ${remoteIp}`}. It asks to come as {role}
                {scopes.length > 0 && ` and to ${scopeWords(scopes)}`}.
                {isRepair && " It was let in before, and now asks for something else."}
              </p>
              <p class="faint">
                Let it in only if it is yours and you have it open right now. Device{" "}
                <code>{asked.deviceId.slice(0, 12)}</code>.
              </p>
              <div class="approval-answers">
                <Action
                  class="primary"
                  what={`let ${name} in`}
                  act={async () => {
                    await gateway.call("device.pair.approve", { requestId })
                    toast(`${name} is let in.`)
                  }}
                >
                  Let it in
                </Action>
                <Action
                  what={`turn ${name} away`}
                  act={() => gateway.call("device.pair.reject", { requestId })}
                >
                  Turn it away
                </Action>
              </div>
            </section>
          )
        })}
      </div>
    </section>
  )
}
