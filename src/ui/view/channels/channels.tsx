import { useState } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import { useNow } from "../../now.ts"
import { Known } from "../../parts/known.tsx"
import { Empty, FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { useResource } from "../../resource.ts"
import { useUndertaking } from "../../undertaking.ts"
import { AccountCard } from "./account-card.tsx"
import { AddAccount } from "./add-account.tsx"
import { Dropped } from "./dropped.tsx"
import { LinkDialog } from "./link-dialog.tsx"
import { PeoplePaired } from "./people-paired.tsx"
import { Undelivered } from "./undelivered.tsx"
import { accountsOf } from "./words.ts"

/** Where people reach the agents of this gateway, and who of them is heard. */
export const Channels = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const [isAdding, setAdding] = useState(false)
  const [linking, link] = useState<{ channel: string; accountId: string }>()
  const status = useResource(gateway, () => gateway.call("channels.status"), {
    events: ["channels", "config.changed"],
  })
  const probing = useUndertaking((signal) =>
    longCall(gateway, "channels.status", { probe: true }, { signal }),
  )
  const isAdmin = gateway.may("admin")
  return (
    <>
      <section aria-labelledby="accounts">
        <div class="section-head">
          <h2 id="accounts">Accounts</h2>
          <div class="button-row">
            {status.value && accountsOf(status.value).length > 0 && (
              <button
                type="button"
                class="quiet"
                disabled={probing.isBusy}
                onClick={() => void probing.start()}
              >
                Ask the networks
              </button>
            )}
            {isAdmin && (
              <button type="button" class="primary" onClick={() => setAdding(true)}>
                Add a channel
              </button>
            )}
          </div>
        </div>
        {probing.isBusy && <Progress text="Asking the networks" onCancel={probing.giveUp} />}
        {probing.failure && <FailureNotice what="ask the networks" failure={probing.failure} />}
        <Known resource={status} what="the channels">
          {(known) => {
            const accounts = accountsOf(known)
            if (!accounts.length)
              return (
                <Empty title="No chat network is connected.">
                  Add one, and agents answer in Telegram, Discord, Slack, Signal and others.
                </Empty>
              )
            return (
              <div class="cards">
                {accounts.map(({ channel, account }) => (
                  <AccountCard
                    key={`${channel} ${account.accountId}`}
                    gateway={gateway}
                    channel={channel}
                    label={known.channelLabels[channel] ?? channel}
                    canLink={known.channelMeta.find(({ id }) => id === channel)?.login ?? false}
                    account={account}
                    isLast={known.channelAccounts[channel]!.length === 1}
                    probe={
                      probing.value?.channelAccounts[channel]?.find(
                        ({ accountId }) => accountId === account.accountId,
                      )?.probe
                    }
                    now={now}
                    onLink={() => link({ channel, accountId: account.accountId })}
                  />
                ))}
              </div>
            )
          }}
        </Known>
      </section>
      {gateway.may("pairing") && <PeoplePaired gateway={gateway} now={now} />}
      <Undelivered gateway={gateway} labels={status.value?.channelLabels} now={now} />
      {status.value && <Dropped gateway={gateway} status={status.value} now={now} />}
      {isAdding && status.value && (
        <AddAccount
          gateway={gateway}
          status={status.value}
          onLink={(account) => {
            setAdding(false)
            link(account)
          }}
          onClose={() => setAdding(false)}
        />
      )}
      {linking && <LinkDialog gateway={gateway} {...linking} onClose={() => link(undefined)} />}
    </>
  )
}
