import { useState } from "preact/hooks"
import { Known } from "../../parts/known.tsx"
import { Empty } from "../../parts/notice.tsx"
import { SearchField } from "../../parts/search-field.tsx"
import { Segments } from "../../parts/segments.tsx"
import { Table } from "../../parts/table.tsx"
import { useResource } from "../../resource.ts"
import { counted } from "../../words.ts"
import type { TabProps } from "./tabs.ts"

/** Which tools an agent is offered, and what keeps the others from it. */
export const ToolsTab = ({ gateway, router, agent: { id } }: TabProps) => {
  const [who, setWho] = useState<"owner" | "stranger">("owner")
  const [words, setWords] = useState("")
  const tools = useResource(
    gateway,
    () =>
      gateway.call("tools.effective", {
        sessionKey: `agent:${id}:main`,
        stranger: who === "stranger",
      }),
    { events: ["config.changed"], of: [who] },
  )
  const isMeant = ({ id, label, description }: Record<"id" | "label" | "description", string>) =>
    `${id} ${label} ${description}`.toLowerCase().includes(words.toLowerCase())
  return (
    <>
      <div class="toolbar">
        <SearchField label="Search tools" onSearch={setWords} />
        <Segments
          label="Who starts the turn"
          value={who}
          options={[
            { value: "owner", label: "For you" },
            { value: "stranger", label: "For others" },
          ]}
          onChange={setWho}
        />
        <p class="toolbar-note">
          {tools.value && (
            <>
              Profile {tools.value.profile}, with {tools.value.model}
            </>
          )}
        </p>
      </div>
      <Known resource={tools} what="the tools">
        {({ groups, hidden }) => {
          const offered = groups.flatMap(({ label, tools }) =>
            tools.filter(isMeant).map((tool) => ({ ...tool, from: tool.pluginId ?? label })),
          )
          const kept = hidden.filter(isMeant)
          return (
            <>
              <section aria-labelledby="offered">
                <h2 id="offered">May use {counted(offered.length, "tool")}</h2>
                {offered.length ? (
                  <Table
                    label="Tools the agent may use"
                    rows={offered}
                    keyOf={({ id }) => id}
                    columns={[
                      { title: "Tool", cell: (tool) => <Named {...tool} /> },
                      {
                        title: "What it does",
                        isMinor: true,
                        cell: ({ description }) => <span class="clamped">{description}</span>,
                      },
                      {
                        title: "From",
                        isMinor: true,
                        cell: ({ from }) => <span class="nowrap">{from}</span>,
                      },
                    ]}
                  />
                ) : (
                  <Empty title="None of that kind." />
                )}
              </section>
              {kept.length > 0 && (
                <section aria-labelledby="kept">
                  <h2 id="kept">Keeps back {counted(kept.length, "tool")}</h2>
                  <Table
                    label="Tools that are kept from the agent"
                    rows={kept}
                    keyOf={({ id }) => id}
                    columns={[
                      { title: "Tool", cell: (tool) => <Named {...tool} /> },
                      { title: "Why", cell: ({ why }) => why },
                      {
                        title: "Setting",
                        isMinor: true,
                        cell: ({ setting }) =>
                          setting && (
                            <button
                              type="button"
                              class="link code"
                              onClick={() =>
                                router.go(`config?${new URLSearchParams({ q: setting })}`)
                              }
                            >
                              {setting}
                            </button>
                          ),
                      },
                    ]}
                  />
                </section>
              )}
            </>
          )
        }}
      </Known>
    </>
  )
}

const Named = ({ id, label }: { id: string; label: string }) => (
  <span class="two-lines">
    <b>{label}</b>
    <small>{id}</small>
  </span>
)
