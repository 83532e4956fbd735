import { useState } from "preact/hooks"
import { editConfig } from "../../edit-config.ts"
import type { Gateway } from "../../gateway.ts"
import { longCall } from "../../long-call.ts"
import type { Result } from "../../methods.ts"
import { Action } from "../../parts/action.tsx"
import { Known } from "../../parts/known.tsx"
import { Empty, FailureNotice } from "../../parts/notice.tsx"
import { Progress } from "../../parts/progress.tsx"
import { confirmed } from "../../parts/question.tsx"
import { toast } from "../../parts/toast.tsx"
import { useResource } from "../../resource.ts"
import { useUndertaking } from "../../undertaking.ts"
import { counted } from "../../words.ts"
import { AddMcpServer } from "./add-mcp-server.tsx"

type Server = Result<"mcp.list">["servers"][number]

/** Servers that give tools to agents (Model Context Protocol). */
export const McpServers = ({ gateway }: { gateway: Gateway }) => {
  const [isAdding, setAdding] = useState(false)
  const list = useResource(gateway, () => gateway.call("mcp.list"), { events: ["config.changed"] })
  return (
    <section aria-labelledby="mcp">
      <div class="section-head">
        <h2 id="mcp">Tool servers (MCP)</h2>
        {gateway.may("admin") && (
          <button type="button" class="quiet" onClick={() => setAdding(true)}>
            Add a server
          </button>
        )}
      </div>
      <Known resource={list} what="the servers">
        {({ servers }) =>
          servers.length === 0 ? (
            <Empty title="No server is set up.">
              A server gives agents tools of its own: for a calendar, a database, a ticket system.
            </Empty>
          ) : (
            <div class="cards">
              {servers.map((server) => (
                <ServerCard
                  key={server.id}
                  gateway={gateway}
                  server={server}
                  onChanged={list.reload}
                />
              ))}
            </div>
          )
        }
      </Known>
      {isAdding && (
        <AddMcpServer
          gateway={gateway}
          taken={list.value?.servers.map(({ id }) => id) ?? []}
          onDone={() => {
            setAdding(false)
            list.reload()
          }}
        />
      )}
    </section>
  )
}

interface CardProps {
  gateway: Gateway
  server: Server
  onChanged: () => void
}

const ServerCard = ({ gateway, server, onChanged }: CardProps) => {
  const { id, enabled, transport, where, state, tools, problem } = server
  const testing = useUndertaking(async (signal) => {
    const answer = await longCall(gateway, "mcp.test", { server: id }, { signal })
    onChanged()
    return answer
  })
  const remove = async () => {
    const isMeant = await confirmed({
      title: `Remove the server ${id}?`,
      text: `Its ${counted(tools, "tool")} are gone for every agent, and its settings leave the config.`,
      action: "Remove",
      isDestructive: true,
    })
    if (!isMeant) return
    await editConfig(gateway, [{ path: ["mcp", "servers", id] }])
    toast(`${id} is removed.`)
  }
  const { isBusy, value, failure } = testing
  return (
    <section class="card" aria-label={id}>
      <header>
        <h3>{id}</h3>
        <span class={`state ${problem ? "bad" : state === "ready" ? "good" : ""}`}>
          {enabled ? state : "switched off"}
        </span>
      </header>
      {problem && <p class="why">{problem}</p>}
      <p class="faint">
        {transport === "http" ? "At" : "The program"} <code>{where}</code> ·{" "}
        {counted(tools, "tool")}
      </p>
      {isBusy && <Progress text="Asking it" onCancel={testing.giveUp} />}
      {failure && <FailureNotice what="reach it" failure={failure} />}
      {value && (
        <p class="probe" role="status">
          {value.name} {value.version} answered in {Math.round(value.ms)} ms and offers{" "}
          {counted(value.tools, "tool")}.
        </p>
      )}
      {gateway.may("admin") && (
        <div class="button-row">
          {enabled && (
            <button
              type="button"
              class="quiet"
              disabled={isBusy}
              onClick={() => void testing.start()}
            >
              Test
            </button>
          )}
          <Action
            class="quiet"
            what={`switch ${id}`}
            act={() =>
              editConfig(gateway, [{ path: ["mcp", "servers", id, "enabled"], value: !enabled }])
            }
          >
            {enabled ? "Switch off" : "Switch on"}
          </Action>
          <Action class="quiet" what={`remove ${id}`} label={`Remove ${id}`} act={remove}>
            Remove
          </Action>
        </div>
      )}
    </section>
  )
}
