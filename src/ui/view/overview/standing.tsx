import type { Gateway } from "../../gateway.ts"
import { useNow } from "../../now.ts"
import { Fact } from "../../parts/fact.tsx"
import { Known } from "../../parts/known.tsx"
import { useResource } from "../../resource.ts"
import { bytes, duration } from "../../words.ts"

/** Later than this, and people notice. */
const lateMs = 200
const everyMs = 10_000

/** The gateway's own figures. Load and memory change without an event, so they are read now and then. */
export const Standing = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow(everyMs)
  const status = useResource(gateway, () => gateway.call("status"), { of: [now] })
  const update = useResource(gateway, () => gateway.call("update.status"))
  return (
    <section aria-labelledby="standing">
      <h2 id="standing">The gateway</h2>
      <Known resource={status} what="how the gateway is">
        {({ runtimeVersion, uptimeMs, model, sessions, turns, connections, load, ...more }) => {
          const offered = update.value?.offered
          return (
            <dl class="fact-grid">
              <Fact
                name="Version"
                isOdd={offered?.is === "newer"}
                note={offered?.is === "newer" ? `${offered.version} is there` : undefined}
              >
                {runtimeVersion}
              </Fact>
              <Fact name="Up for">{duration(uptimeMs)}</Fact>
              <Fact
                name="Answers with"
                note={
                  model.connected.length ? `connected: ${model.connected.join(", ")}` : undefined
                }
              >
                {model.default}
              </Fact>
              <Fact name="Conversations">{sessions.count.toLocaleString()}</Fact>
              <Fact name="Answers under way">{turns.active}</Fact>
              <Fact name="Connections">{connections}</Fact>
              <Fact name="Memory">{bytes(more.processMemory.rssBytes)}</Fact>
              <Fact
                name="Event loop"
                isOdd={more.eventLoopLagMs > lateMs}
                note="worst of the last seconds"
              >
                {Math.round(more.eventLoopLagMs)} ms late
              </Fact>
              <Fact name="Machine's load" note="1, 5 and 15 minutes">
                {load.map((one) => one.toFixed(2)).join("  ")}
              </Fact>
              <Fact name="Address">{more.url.replace(/^https?:\/\/|\/$/g, "")}</Fact>
            </dl>
          )
        }}
      </Known>
    </section>
  )
}
