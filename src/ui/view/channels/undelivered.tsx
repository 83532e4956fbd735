import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { confirmed } from "../../parts/question.tsx"
import { Table } from "../../parts/table.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { when } from "../../words.ts"

type Delivery = Result<"outbox.list">["deliveries"][number]

interface Props {
  gateway: Gateway
  /** What the networks are called, once that is known. */
  labels: Record<string, string> | undefined
  now: number
}

const stateWords: Partial<Record<Delivery["state"], string>> = {
  pending: "waits",
  sending: "on its way",
  failed: "not sent",
  unknown: "may have arrived",
}
/** As many as the gateway gives at once. */
const most = 200

/** Messages that were to go to a chat network and, as far as is known, are not there. */
export const Undelivered = ({ gateway, labels = {}, now }: Props) => {
  const list = useResource(gateway, () => gateway.call("outbox.list", { limit: most }), {
    events: ["outbox.settled", "channels"],
  })
  const discard = async ({ id, text }: Delivery) => {
    const isMeant = await confirmed({
      title: "Give this message up?",
      text: `${text ? `“${text}” ` : "It "}is not sent any more. The conversation keeps it.`,
      action: "Give up",
      isDestructive: true,
    })
    if (!isMeant) return
    await gateway.call("outbox.discard", { id })
    list.reload()
  }
  const retry = async ({ id }: Delivery) => {
    await gateway.call("outbox.retry", { id })
    toast("It is sent once more.")
    list.reload()
  }
  return (
    <section aria-labelledby="outbox">
      <h2 id="outbox">Outbox</h2>
      <Known resource={list} what="the outbox">
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <p class="section-about">Nothing waits, and nothing failed.</p>
          ) : (
            <Table
              label="Messages that did not arrive"
              rows={deliveries}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: "Message",
                  cell: ({ text, error, createdAt }) => (
                    <span class="two-lines">
                      <b class="clamped">{text ?? "A message"}</b>
                      <small class="clamped">{error ?? `since ${when(createdAt, now)}`}</small>
                    </span>
                  ),
                },
                {
                  title: "To",
                  isMinor: true,
                  cell: ({ channel, to }) => `${labels[channel] ?? channel} ${to}`,
                },
                { title: "State", cell: ({ state }) => stateWords[state] },
                {
                  title: "Actions",
                  align: "end",
                  cell: (one) =>
                    gateway.may("write") && (
                      <Deeds delivery={one} retry={retry} discard={discard} />
                    ),
                },
              ]}
            />
          )
        }
      </Known>
    </section>
  )
}

type Deed = (delivery: Delivery) => Promise<void>

const Deeds = ({
  delivery,
  retry,
  discard,
}: {
  delivery: Delivery
  retry: Deed
  discard: Deed
}) => (
  <>
    {(delivery.state === "failed" || delivery.state === "unknown") && (
      <Action class="quiet" what="send it" act={() => retry(delivery)}>
        Send again
      </Action>
    )}
    {delivery.state !== "sending" && (
      <Action class="quiet" what="give it up" act={() => discard(delivery)}>
        Give up
      </Action>
    )}
  </>
)
