import { useState } from "preact/hooks"
import { useNow } from "../now.ts"
import { Action } from "../parts/action.tsx"
import { Icon } from "../parts/icon.tsx"
import { Empty, FailureNotice, Loading } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { Segments } from "../parts/segments.tsx"
import { chatOf } from "../router.ts"
import type { PageProps } from "../routes.ts"
import { topics } from "../view/activity/entry.ts"
import type { Entry } from "../view/activity/entry.ts"
import { useActivity } from "../view/activity/use-activity.ts"
import { sessionTitle, when } from "../words.ts"

const pageSize = 100

export const ActivityPage = ({ gateway, attention, router }: PageProps) => {
  const now = useNow()
  const { entries, underWay, failure, isRead } = useActivity(gateway)
  const [topic, setTopic] = useState<(typeof topics)[number]["value"]>("all")
  const [room, setRoom] = useState(pageSize)
  const open = (session: string) => router.go(chatOf(session))
  const asking = new Set(attention.commands.value.map(({ request }) => request.sessionKey))
  const wanted = entries.filter((entry) => topic === "all" || entry.topic === topic)
  return (
    <>
      <PageHead
        title="Activity"
        about="What goes on right now, and what happened in the last day."
      />
      <div class="page-body">
        {failure && <FailureNotice what="read what happened" failure={failure} />}
        <section aria-labelledby="under-way">
          <h2 id="under-way">Under way</h2>
          {!isRead && <Loading what="what goes on" />}
          {isRead && underWay.length === 0 && <Empty title="No agent is at work." />}
          {underWay.length > 0 && (
            <ul class="under-way">
              {underWay.map(({ row, since, doing }) => (
                <li key={row.key}>
                  <span class="pulse" />
                  <div>
                    <button type="button" class="row-title" onClick={() => open(row.key)}>
                      <b>{sessionTitle(row)}</b>
                    </button>
                    <p class="doing">
                      {asking.has(row.key) ? "waits for an approval" : (doing ?? "at work")}
                    </p>
                  </div>
                  <span class="faint">
                    {row.agentId} {since && `· for ${seconds(now - since)}`}
                  </span>
                  {gateway.may("write") && (
                    <Action
                      class="plain"
                      what="stop it"
                      label={`Stop the answer in ${sessionTitle(row)}`}
                      act={() => gateway.call("chat.abort", { sessionKey: row.key })}
                    >
                      Stop
                    </Action>
                  )}
                </li>
              ))}
            </ul>
          )}
        </section>
        <section aria-labelledby="happened">
          <div class="section-head">
            <h2 id="happened">What happened</h2>
          </div>
          <div class="toolbar">
            <Segments label="Show" options={topics} value={topic} onChange={setTopic} />
          </div>
          {isRead && wanted.length === 0 && (
            <Empty title="Nothing of that in the last day.">
              What happens from now on shows here by itself.
            </Empty>
          )}
          {wanted.length > 0 && (
            <ol class="feed">
              {wanted.slice(0, room).map((entry) => (
                <FeedEntry key={entry.id} entry={entry} now={now} onOpen={open} />
              ))}
            </ol>
          )}
          {wanted.length > room && (
            <button type="button" class="link more" onClick={() => setRoom(room + pageSize)}>
              Show more
            </button>
          )}
        </section>
      </div>
    </>
  )
}

const seconds = (ms: number) =>
  ms < 60_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`

interface FeedProps {
  entry: Entry
  now: number
  onOpen: (session: string) => void
}

const icons = {
  conversations: "chat",
  tasks: "again",
  channels: "send",
  gateway: "gauge",
} as const

const FeedEntry = ({ entry, now, onOpen }: FeedProps) => {
  const { at, topic, text, note, isProblem, session } = entry
  return (
    <li class={isProblem ? "problem" : undefined}>
      <Icon name={isProblem ? "alert" : icons[topic]} />
      <div>
        <p>
          {session ? (
            <button type="button" class="feed-link" onClick={() => onOpen(session)}>
              {text}
            </button>
          ) : (
            text
          )}
        </p>
        {note && <p class="faint">{note}</p>}
      </div>
      <time title={new Date(at).toLocaleString()}>{when(at, now)}</time>
    </li>
  )
}
