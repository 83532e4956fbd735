import type { z } from "zod"
import type { ApprovalsConfig } from "../approvals/config.ts"
import type { approvalRequested, approvalResolved } from "../approvals/events.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Deliveries, Destination } from "../kernel/delivery.ts"
import type { Log } from "../kernel/log.ts"
import type { Button } from "../kernel/network.ts"
import { plain } from "../kernel/styled.ts"
import type { SendingParts } from "./sending.ts"

type Requested = z.output<typeof approvalRequested.payload>
type Resolved = z.output<typeof approvalResolved.payload>

const keysOf = (id: string) => `approval:${id}:`
/** As much of a command as a question shows. */
const shownCommand = 1500

const labels = {
  "allow-once": { label: "Allow once", tone: "good" },
  "allow-always": { label: "Always allow" },
  deny: { label: "Deny", tone: "bad" },
} as const

/** Asks on chat networks whether a command may run, and says there what became of it. */
export const createForwarding = ({
  config,
  outbox,
  send,
  target,
  clock,
  log,
}: Pick<SendingParts, "outbox" | "send"> & {
  config: () => ApprovalsConfig["exec"]
  target: Deliveries["target"]
  clock: Clock
  log: Log
}) => {
  const placesFor = async (sessionKey: string | null): Promise<Destination[]> => {
    const { mode, targets } = config()
    const last = mode !== "targets" && sessionKey ? await outbox.last(sessionKey) : undefined
    const written = mode === "session" ? [] : targets
    return [
      ...(last ? [last] : []),
      ...written.flatMap(({ channel, to, accountId }) => {
        try {
          return [target(channel, to, accountId)]
        } catch (error) {
          log.warn("a target for approvals cannot be written to", { channel, error })
          return []
        }
      }),
    ]
  }

  const isMeant = ({ agentId, sessionKey }: Requested["request"]) => {
    const { agentFilter, sessionFilter } = config()
    return (
      (!agentFilter.length || agentFilter.includes(agentId ?? "")) &&
      (!sessionFilter.length || sessionFilter.some((part) => sessionKey?.includes(part)))
    )
  }

  return {
    async ask({ id, request, expiresAtMs }: Requested) {
      if (!isMeant(request)) return
      const buttons: Button[] = request.allowedDecisions.map((decision) => ({
        ...labels[decision],
        data: `/approve ${id} ${decision}`,
      }))
      const text = question(
        id,
        request,
        Math.max(1, Math.round((expiresAtMs - clock.now()) / 60_000)),
      )
      for (const [at, place] of (await placesFor(request.sessionKey)).entries())
        try {
          await send(place, { text, buttons: [buttons] }, { key: `${keysOf(id)}${at}` })
        } catch (error) {
          log.warn("an approval is not asked for on its network", { approval: id, error })
        }
    },
    /** The question is answered wherever it stands; its buttons go with its words. */
    async told({ id, decision, status, resolvedBy }: Resolved) {
      const said = status === "expired" || status === "interrupted" ? status : decision
      const by = resolvedBy ? ` (${resolvedBy})` : ""
      for (const { id: asked, key, to } of await outbox.withPrefix(keysOf(id))) {
        if (key.endsWith(":end")) continue
        const text = plain(`Approval ${id.slice(0, 8)}: ${said}${by}.`)
        const part = { conversation: to.conversation, text }
        await outbox.add({ key: `${key}:end`, to, parts: [{ part, replaces: asked }] })
      }
    },
  }
}

const question = (id: string, request: Requested["request"], minutes: number) => {
  const { command, cwd, agentId, reason } = request
  const shown =
    command.length > shownCommand ? `${command.slice(0, shownCommand).toWellFormed()}…` : command
  // Longer than any in the command, so that nothing in it ends the block.
  const fence = "`".repeat(
    Math.max(3, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length + 1)),
  )
  return [
    `**A command waits for approval**${agentId ? ` (agent ${agentId})` : ""}`,
    `${fence}\n${shown}\n${fence}`,
    ...(cwd ? [`In: ${cwd}`] : []),
    ...(reason ? [reason] : []),
    `Answer within ${minutes} min: \`/approve ${id.slice(0, 8)} allow-once | allow-always | deny\``,
  ].join("\n\n")
}
