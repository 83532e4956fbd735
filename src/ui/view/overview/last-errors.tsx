import { useEffect } from "preact/hooks"
import type { Gateway } from "../../gateway.ts"
import { useNow } from "../../now.ts"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { useResource } from "../../resource.ts"
import { when } from "../../words.ts"
import { readLine } from "../logs/line.ts"
import type { Line } from "../logs/line.ts"

const dayMs = 86_400_000
const most = 6

const isError = ({ level }: Line) => level === "error"

/** Tells of each error from now on. */
const useErrors = (gateway: Gateway, told: () => void) =>
  useEffect(() => {
    const ends = [
      // Subscriptions end with the connection.
      gateway.onFresh(() => void gateway.call("logs.subscribe").catch(() => {})),
      gateway.on("logs.lines", ({ lines, truncated }) => {
        if (truncated || lines.map(readLine).some(isError)) told()
      }),
    ]
    return () => {
      for (const end of ends) end()
      gateway.call("logs.unsubscribe").catch(() => {})
    }
  }, [gateway, told])

/** The newest errors of the log, of the last day. */
export const LastErrors = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const errors = useResource(gateway, async () => {
    const { lines } = await gateway.call("logs.tail", { sinceMs: dayMs, limit: 5000 })
    return lines.map(readLine).filter(isError).slice(-most).toReversed()
  })
  useErrors(gateway, errors.reload)
  return (
    <section aria-labelledby="errors">
      <h2 id="errors">Last errors</h2>
      <Known resource={errors} what="the log">
        {(lines) =>
          lines.length === 0 ? (
            <Empty title="No error in the last day." />
          ) : (
            <ul class="lines">
              {lines.map(({ id, time, message, subsystem, reason }) => (
                <li key={id}>
                  <b>
                    {subsystem && `${subsystem}: `}
                    {message}
                  </b>
                  <span>
                    {reason} {Number.isFinite(time) && when(time, now)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Known>
    </section>
  )
}
