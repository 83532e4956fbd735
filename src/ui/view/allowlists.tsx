import type { PolicyFile } from "../../approvals/policy.ts"
import type { Gateway } from "../gateway.ts"
import { useNow } from "../now.ts"
import { Action } from "../parts/action.tsx"
import { Known } from "../parts/known.tsx"
import { Empty } from "../parts/notice.tsx"
import { confirmed } from "../parts/question.tsx"
import { Table } from "../parts/table.tsx"
import { toast } from "../parts/toast.tsx"
import { useResource } from "../resource.ts"
import { when } from "../words.ts"

interface Allowed {
  agent: string
  pattern: string
  lastUsedAt?: number
  lastUsedCommand?: string
}

const listOf = ({ agents = {} }: PolicyFile): Allowed[] =>
  Object.entries(agents).flatMap(([agent, { allowlist = [] }]) =>
    allowlist.map((entry) => ({ agent, ...entry })),
  )

const without = (file: PolicyFile, { agent, pattern }: Allowed): PolicyFile => {
  const { [agent]: policy, ...others } = file.agents ?? {}
  const allowlist = policy?.allowlist?.filter((entry) => entry.pattern !== pattern)
  return { ...file, agents: { ...others, [agent]: { ...policy, allowlist } } }
}

/** The programs that run without a question, by agent. */
export const Allowlists = ({ gateway }: { gateway: Gateway }) => {
  const now = useNow()
  const policy = useResource(
    gateway,
    async () => {
      const { file, hash } = await gateway.call("exec.approvals.get")
      return { file: file as PolicyFile, hash }
    },
    { events: ["exec.approval.resolved"] },
  )

  const remove = async (entry: Allowed) => {
    const known = policy.value
    if (!known) return
    const isMeant = await confirmed({
      title: "Ask about this program again?",
      text: `${entry.pattern} leaves the list of agent ${entry.agent}. From then on it asks before it runs.`,
      action: "Remove",
      isDestructive: true,
    })
    if (!isMeant) return
    const { file, hash } = known
    await gateway.call("exec.approvals.set", { file: without(file, entry), baseHash: hash })
    policy.reload()
    toast(`${entry.pattern} asks again from now on.`)
  }

  return (
    <section aria-labelledby="allowed">
      <h2 id="allowed">Always allowed</h2>
      <Known resource={policy} what="what is always allowed">
        {({ file }) => {
          const allowed = listOf(file)
          if (!allowed.length)
            return (
              <Empty title="No program is allowed for good.">
                Answer a question with “Always allow”, and the program is listed here.
              </Empty>
            )
          return (
            <Table
              label="Programs that are always allowed"
              rows={allowed}
              keyOf={({ agent, pattern }) => `${agent} ${pattern}`}
              columns={[
                { title: "Program", cell: ({ pattern }) => <code>{pattern}</code> },
                { title: "Agent", cell: ({ agent }) => (agent === "*" ? "Every agent" : agent) },
                {
                  title: "Last used",
                  isMinor: true,
                  cell: ({ lastUsedAt, lastUsedCommand }) => (
                    <span title={lastUsedCommand}>
                      {lastUsedAt ? when(lastUsedAt, now) : "never"}
                    </span>
                  ),
                },
                {
                  title: "Actions",
                  align: "end",
                  cell: (entry) => (
                    <Action
                      class="quiet"
                      what="change the list"
                      label={`Remove ${entry.pattern}`}
                      act={() => remove(entry)}
                    >
                      Remove
                    </Action>
                  ),
                },
              ]}
            />
          )
        }}
      </Known>
    </section>
  )
}
