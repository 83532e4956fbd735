import type { Gateway } from "../../gateway.ts"
import type { Result } from "../../methods.ts"
import { useNow } from "../../now.ts"
import { Fact } from "../../parts/fact.tsx"
import { Known } from "../../parts/known.tsx"
import { useResource } from "../../resource.ts"
import { amount, counted, dollars, duration } from "../../words.ts"

type Status = Result<"cron.status">

/** Whether tasks run at all, when the next one does, and what they have used of their day. */
export const Scheduler = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const status = useResource(gateway, () => gateway.call("cron.status"), {
    events: ["cron", "config.changed"],
  })
  return (
    <Known resource={status} what="how tasks stand">
      {(known) => (
        <dl class="fact-grid">
          <Fact name="Next" isOdd={!known.enabled}>
            {nextOf(known, now)}
          </Fact>
          <Fact name="At work">{known.running}</Fact>
          <Fact name="Switched on" note={`of ${counted(known.jobs, "task")}`}>
            {known.enabledJobs}
          </Fact>
          <Fact name="Used today" note={limitOf(known.budget)}>
            {usedOf(known.budget)}
          </Fact>
        </dl>
      )}
    </Known>
  )
}

const nextOf = ({ enabled, nextWakeAtMs: at }: Status, now: number) => {
  if (!enabled) return "off: cron.enabled is false"
  if (at === undefined) return "none is planned"
  return at <= now ? "due" : `in ${duration(at - now)}`
}

const usedOf = ({ spent }: Status["budget"]) =>
  spent.usd > 0 ? dollars(spent.usd) : `${amount(spent.tokens)} tokens`

const limitOf = ({ limits: { usd, tokens, runs } }: Status["budget"]) => {
  const most = [
    usd !== undefined && dollars(usd),
    tokens !== undefined && `${amount(tokens)} tokens`,
    runs !== undefined && counted(runs, "run"),
  ].filter(Boolean)
  return most.length ? `of ${most.join(", ")} at most` : undefined
}
