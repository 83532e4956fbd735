import type { Gateway } from "../../gateway.ts"
import { useNow } from "../../now.ts"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { useResource } from "../../resource.ts"
import { when } from "../../words.ts"

interface Line {
  time?: string
  level?: string
  message?: string
  subsystem?: string
  error?: unknown
}

const readLine = (text: string): Line => {
  try {
    return JSON.parse(text) as Line
  } catch {
    return {}
  }
}

const dayMs = 86_400_000
const most = 6

/** The newest errors of the log, of the last day. */
export const LastErrors = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const errors = useResource(
    gateway,
    async () => {
      const { lines } = await gateway.call("logs.tail", { sinceMs: dayMs, limit: 5000 })
      return lines
        .map(readLine)
        .filter(({ level }) => level === "error" || level === "fatal")
        .slice(-most)
        .toReversed()
    },
    { events: ["health", "config.changed"] },
  )
  return (
    <section aria-labelledby="errors">
      <h2 id="errors">Last errors</h2>
      <Known resource={errors} what="the log">
        {(lines) =>
          lines.length === 0 ? (
            <Empty title="No error in the last day." />
          ) : (
            <ul class="lines">
              {lines.map(({ time = "", message = "", subsystem, error }, at) => (
                <li key={at}>
                  <b>
                    {subsystem && `${subsystem}: `}
                    {message}
                  </b>
                  <span>
                    {messageOf(error)} {time && when(Date.parse(time), now)}
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

const messageOf = (error: unknown) => {
  if (typeof error === "string") return error
  const { message } = (error ?? {}) as { message?: string }
  return message ?? ""
}
