import { editConfig } from "../../edit-config.ts"
import type { Gateway } from "../../gateway.ts"
import { Action } from "../../parts/action.tsx"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"
import { duration } from "../../words.ts"
import { accountTitle, isIdle, stateWords } from "./words.ts"
import type { Account } from "./words.ts"

interface Props {
  gateway: Gateway
  channel: string
  label: string
  /** A person has to link accounts of this network. */
  canLink: boolean
  account: Account
  isLast: boolean
  /** What its network said when it was last asked. */
  probe: Account["probe"]
  now: number
  onLink: () => void
}

const tones: Partial<Record<Account["state"], string>> = {
  connected: "good",
  "wrong-credentials": "bad",
  "needs-login": "bad",
  unconfigured: "bad",
  "backing-off": "bad",
}

const ago = (at: number | undefined, now: number) =>
  at === undefined ? "none yet" : `${duration(now - at)} ago`

/** One account of a chat network: how it is, why, and what can be done with it. */
export const AccountCard = (props: Props) => {
  const { label, account, probe, now } = props
  const { silent, reason, hint, state, dmPolicy, restarts, since } = account
  const title = accountTitle(label, account)
  return (
    <section class="card" aria-label={title}>
      <header>
        <h3>{title}</h3>
        <span class={`state ${tones[state] ?? ""}`}>{stateWords(account)}</span>
      </header>
      {(silent || reason || hint) && (
        <p class="why">
          {[silent && "It gives no sign of life.", reason, hint].filter(Boolean).join(" ")}
        </p>
      )}
      <dl class="card-facts">
        <div>
          <dt>Since</dt>
          <dd>{duration(now - since)}</dd>
        </div>
        <div>
          <dt>Last message in</dt>
          <dd>{ago(account.lastInboundAt, now)}</dd>
        </div>
        <div>
          <dt>Last message out</dt>
          <dd>{ago(account.lastOutboundAt, now)}</dd>
        </div>
        <div>
          <dt>Private chats</dt>
          <dd>{dmPolicy && policies[dmPolicy]}</dd>
        </div>
        {restarts > 0 && (
          <div>
            <dt>Connected anew</dt>
            <dd>{restarts}×</dd>
          </div>
        )}
      </dl>
      {probe && <Probe probe={probe} />}
      <Deeds {...props} title={title} />
    </section>
  )
}

const policies: Record<string, string> = {
  pairing: "after your yes",
  allowlist: "listed people",
  open: "anybody",
  disabled: "nobody",
}

const Probe = ({ probe: { ok, account, findings } }: { probe: NonNullable<Account["probe"]> }) => (
  <div class="probe" role="status">
    <p>
      {ok
        ? `The network says all is well${account ? `, for ${account}` : ""}.`
        : "It does not work."}
    </p>
    {findings.length > 0 && (
      <ul>
        {findings.map(({ text, hint }) => (
          <li key={text}>{[text, hint].filter(Boolean).join(" ")}</li>
        ))}
      </ul>
    )}
  </div>
)

const Deeds = ({
  gateway,
  channel,
  canLink,
  account,
  isLast,
  title,
  onLink,
}: Props & { title: string }) => {
  const { accountId, state } = account
  const which = { channel, accountId }
  const switchTo = async (enabled: boolean) => {
    const place = accountId === "default" && isLast ? [] : ["accounts", accountId]
    await editConfig(gateway, [
      { path: ["channels", channel, ...place, "enabled"], value: enabled },
    ])
  }
  const remove = async () => {
    const isMeant = await confirmed({
      title: `Remove ${title}?`,
      text: isLast
        ? `It is disconnected, and all settings under channels.${channel} leave the config. Its conversations stay.`
        : "It is disconnected, and its settings leave the config. Its conversations stay.",
      action: "Remove",
      isDestructive: true,
    })
    if (!isMeant) return
    await gateway.call("channels.remove", which)
    toast(`${title} is removed.`)
  }
  const logOut = async () => {
    const isMeant = await confirmed({
      title: `Log ${title} out?`,
      text: "What links it to its network is forgotten. To use it again, somebody has to link it anew.",
      action: "Log out",
      isDestructive: true,
    })
    if (!isMeant) return
    await gateway.call("channels.logout", which)
    toast(`${title} is logged out.`)
  }
  const isAdmin = gateway.may("admin")
  return (
    <div class="button-row">
      {gateway.may("write") && isIdle(account) && (
        <Action
          class="quiet"
          what={`connect ${title}`}
          act={() => gateway.call("channels.start", which)}
        >
          Connect
        </Action>
      )}
      {gateway.may("write") && (state === "connected" || state === "connecting") && (
        <Action
          class="quiet"
          what={`stop ${title}`}
          act={() => gateway.call("channels.stop", which)}
        >
          Stop
        </Action>
      )}
      {isAdmin && canLink && state !== "disabled" && (
        <button type="button" class="quiet" onClick={onLink}>
          Link
        </button>
      )}
      {isAdmin && canLink && state === "connected" && (
        <Action class="quiet" what={`log ${title} out`} act={logOut}>
          Log out
        </Action>
      )}
      {isAdmin && (
        <>
          <Action class="quiet" what={`switch ${title}`} act={() => switchTo(state === "disabled")}>
            {state === "disabled" ? "Switch on" : "Switch off"}
          </Action>
          <Action class="quiet" what={`remove ${title}`} label={`Remove ${title}`} act={remove}>
            Remove
          </Action>
        </>
      )}
    </div>
  )
}
