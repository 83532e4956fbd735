import { useState } from "preact/hooks"
import { useNow } from "../now.ts"
import { Action } from "../parts/action.tsx"
import { Facts } from "../parts/facts.tsx"
import { Known } from "../parts/known.tsx"
import { Empty } from "../parts/notice.tsx"
import { PageHead } from "../parts/page-head.tsx"
import { useResource } from "../resource.ts"
import type { PageProps } from "../routes.ts"
import { AskNode } from "../view/nodes/ask-node.tsx"
import { nodeName, removeNode } from "../view/nodes/node-deeds.ts"
import type { Node } from "../view/nodes/node-deeds.ts"
import { RenameNode } from "../view/nodes/rename-node.tsx"
import { PairRequests } from "../view/pair-requests.tsx"
import { SetupDialog } from "../view/setup-dialog.tsx"
import { when } from "../words.ts"

export const NodesPage = ({ gateway, attention }: PageProps) => {
  const now = useNow()
  const [renamed, rename] = useState<Node>()
  const [asked, ask] = useState<Node>()
  const [isAdding, setAdding] = useState(false)
  const nodes = useResource(gateway, () => gateway.call("node.list"), {
    events: ["presence", "device.pair.resolved", "config.changed"],
  })
  const waiting = attention.pairing.value.filter(({ role }) => role === "node")
  return (
    <>
      <PageHead
        title="Nodes"
        about="Machines and phones that agents may use: to run commands there, or to look at what they see."
      >
        {gateway.may("pairing") && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            Add a node
          </button>
        )}
      </PageHead>
      <div class="page-body">
        <PairRequests gateway={gateway} requests={waiting} now={now} />
        <section aria-labelledby="nodes">
          <h2 id="nodes">Let in</h2>
          <Known resource={nodes} what="the nodes">
            {({ nodes: known }) =>
              known.length === 0 ? (
                <Empty title="No machine is a node of this gateway yet.">
                  Add one, and agents can run commands there as far as you allow.
                </Empty>
              ) : (
                <ul class="nodes">
                  {known
                    .toSorted((a, b) => Number(b.connected) - Number(a.connected))
                    .map((node) => (
                      <li key={node.nodeId}>
                        <NodeCard node={node} now={now} />
                        <div class="deeds">
                          {node.connected && node.commands.length > 0 && gateway.may("write") && (
                            <button type="button" class="plain" onClick={() => ask(node)}>
                              Ask it
                            </button>
                          )}
                          {gateway.may("pairing") && (
                            <>
                              <button type="button" class="plain" onClick={() => rename(node)}>
                                Rename
                              </button>
                              <Action
                                class="plain alarm"
                                what={`remove ${nodeName(node)}`}
                                label={`Remove ${nodeName(node)}`}
                                act={async () => {
                                  await removeNode(gateway, node)
                                  nodes.reload()
                                }}
                              >
                                Remove
                              </Action>
                            </>
                          )}
                        </div>
                      </li>
                    ))}
                </ul>
              )
            }
          </Known>
        </section>
      </div>
      {renamed && (
        <RenameNode
          gateway={gateway}
          node={renamed}
          onClose={(isRenamed) => {
            rename(undefined)
            if (isRenamed) nodes.reload()
          }}
        />
      )}
      {isAdding && <SetupDialog gateway={gateway} as="node" onClose={() => setAdding(false)} />}
      {asked && <AskNode gateway={gateway} node={asked} onClose={() => ask(undefined)} />}
    </>
  )
}

const NodeCard = ({ node, now }: { node: Node; now: number }) => {
  const { connected, platform, modelIdentifier, version, remoteIp, lastConnectAtMs } = node
  const { commands, closed, permissions } = node
  const missing = Object.entries(permissions).flatMap(([name, isGiven]) => (isGiven ? [] : [name]))
  return (
    <>
      <h3>
        <i class={connected ? "dot on" : "dot"} />
        {nodeName(node)} <span class="faint">{connected ? "connected" : "not connected"}</span>
      </h3>
      <Facts
        facts={[
          ["Kind", [platform, modelIdentifier, version].filter(Boolean).join(" · ")],
          ["Address", remoteIp],
          ["Connected", lastConnectAtMs && when(lastConnectAtMs, now)],
          ["May be asked for", commands.length > 0 && <Names names={commands} />],
          ["Offers, not allowed", closed.length > 0 && <Names names={closed} />],
          ["Lacks permission", missing.length > 0 && missing.join(", ")],
          ["Id", <code>{node.nodeId}</code>],
        ]}
      />
      {closed.length > 0 && (
        <p class="field-hint">What is not allowed is opened by the settings under gateway.nodes.</p>
      )}
    </>
  )
}

const Names = ({ names }: { names: readonly string[] }) => (
  <span class="names">
    {names.map((name) => (
      <code key={name}>{name}</code>
    ))}
  </span>
)
