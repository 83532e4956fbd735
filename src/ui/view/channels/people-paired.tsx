import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { confirmed } from "../../parts/question.tsx"
import { Table } from "../../parts/table.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { duration, when } from "../../words.ts"

type People = Result<"pairing.list">
type Paired = People["paired"][number]

const whereOf = ({ channel, account }: { channel: string; account: string }) =>
  account === "default" ? channel : `${channel} (${account})`

/** People on chat networks: those who ask to be heard, and those who were let in. */
export const PeoplePaired = ({ gateway, now }: { gateway: Gateway; now: number }) => {
  const people = useResource(gateway, () => gateway.call("pairing.list"), {
    events: ["channel.pair.requested", "channel.pair.resolved"],
  })
  const remove = async ({ channel, account, sender, name }: Paired) => {
    const isMeant = await confirmed({
      title: `Hear ${name} no longer?`,
      text: `Private messages of ${name} to ${whereOf({ channel, account })} are not answered any more, unless a list in the config names them. They can ask again.`,
      action: "Remove",
      isDestructive: true,
    })
    if (!isMeant) return
    await gateway.call("pairing.remove", { channel, account, sender })
    toast(`${name} is heard no longer.`)
  }
  return (
    <section aria-labelledby="people">
      <h2 id="people">People</h2>
      <Known resource={people} what="who is let in">
        {({ pending, paired }) => (
          <>
            {pending.length > 0 && <Asking gateway={gateway} pending={pending} now={now} />}
            {paired.length > 0 ? (
              <Table
                label="People who were let in"
                rows={paired}
                keyOf={({ channel, account, sender }) => `${channel} ${account} ${sender}`}
                columns={[
                  {
                    title: "Person",
                    cell: ({ name, sender }) => (
                      <span class="two-lines">
                        <b>{name}</b>
                        <small>{sender}</small>
                      </span>
                    ),
                  },
                  { title: "On", cell: whereOf },
                  {
                    title: "Since",
                    isMinor: true,
                    cell: ({ approvedAtMs }) => when(approvedAtMs, now),
                  },
                  {
                    title: "Actions",
                    align: "end",
                    cell: (one) => (
                      <Action
                        class="quiet"
                        what={`remove ${one.name}`}
                        label={`Remove ${one.name}`}
                        act={() => remove(one)}
                      >
                        Remove
                      </Action>
                    ),
                  },
                ]}
              />
            ) : (
              pending.length === 0 && (
                <p class="section-about">
                  Nobody was let in by a code. Whoever writes to an account for the first time shows
                  here.
                </p>
              )
            )}
          </>
        )}
      </Known>
    </section>
  )
}

const Asking = ({
  gateway,
  pending,
  now,
}: {
  gateway: Gateway
  pending: People["pending"]
  now: number
}) => (
  <div class="cards">
    {pending.map(({ name, code, channel, account, sender, expiresAtMs }) => (
      <section key={code} class="card asking" aria-label={`Request of ${name}`}>
        <header>
          <h3>{name} asks to be heard</h3>
          <code>{code}</code>
        </header>
        <p>
          On {whereOf({ channel, account })}, as {sender}. Anyone can call themselves so: say yes
          only to whom you expect, and whose code this is. It is good for{" "}
          {duration(Math.max(0, expiresAtMs - now))}.
        </p>
        <div class="button-row">
          <Action
            class="primary"
            what={`let ${name} in`}
            act={async () => {
              const { owner } = await gateway.call("pairing.approve", {
                code,
                channel,
                account,
                notify: true,
              })
              toast(owner ? `${name} is let in, as your own account.` : `${name} is let in.`)
            }}
          >
            Let them in
          </Action>
        </div>
      </section>
    ))}
  </div>
)
