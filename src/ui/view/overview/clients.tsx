import type { Gateway } from "../../gateway.ts"
import { useNow } from "../../now.ts"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { useResource } from "../../resource.ts"
import { when } from "../../words.ts"

const most = 12

/** Who is connected right now. */
export const Clients = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const present = useResource(gateway, () => gateway.call("system-presence"), {
    events: ["presence"],
  })
  return (
    <section aria-labelledby="clients">
      <h2 id="clients">Connected</h2>
      <Known resource={present} what="who is connected">
        {(entries) => {
          const shown = entries.toSorted((a, b) => b.ts - a.ts).slice(0, most)
          if (!shown.length) return <Empty title="Nobody is connected." />
          return (
            <>
              <ul class="lines">
                {shown.map(({ host, ip, mode, platform, version, text, ts }, at) => (
                  <li key={at}>
                    <b>{host ?? text ?? mode ?? "Client"}</b>
                    <span>
                      {[mode, platform, version, ip].filter(Boolean).join(" · ")} · {when(ts, now)}
                    </span>
                  </li>
                ))}
              </ul>
              {entries.length > shown.length && (
                <p class="faint">and {entries.length - shown.length} more</p>
              )}
            </>
          )
        }}
      </Known>
    </section>
  )
}
