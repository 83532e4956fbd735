import { computed, signal } from "@preact/signals"
import type { Gateway } from "./gateway.ts"
import type { Payload, Result } from "./methods.ts"

export type Waiting = Payload<"exec.approval.requested">
export type Decision = Payload<"exec.approval.resolved">["decision"]
export type PairRequest = Payload<"device.pair.requested">

/** What waits for a person, whatever page is open: commands to approve, devices to let in. */
export const createAttention = (gateway: Gateway) => {
  const commands = signal<Waiting[]>([])
  const pairing = signal<PairRequest[]>([])
  const without = <T>(list: T[], id: string, idOf: (one: T) => string) =>
    list.filter((one) => idOf(one) !== id)

  const read = async () => {
    const [waiting, devices] = await Promise.all([
      gateway.may("approvals") ? gateway.call("exec.approval.list") : ([] as Waiting[]),
      gateway.may("pairing")
        ? gateway.call("device.pair.list")
        : ({ pending: [], paired: [] } satisfies Result<"device.pair.list">),
    ])
    commands.value = waiting
    pairing.value = devices.pending
  }

  // A page without these rights, or a gateway without these methods, has nothing that waits.
  gateway.onFresh(() => void read().catch(() => {}))
  gateway.on("exec.approval.requested", (asked) => {
    commands.value = [...without(commands.value, asked.id, ({ id }) => id), asked]
  })
  gateway.on("exec.approval.resolved", ({ id }) => {
    commands.value = without(commands.value, id, (one) => one.id)
  })
  gateway.on("device.pair.requested", (asked) => {
    const { requestId } = asked
    pairing.value = [...without(pairing.value, requestId, (one) => one.requestId), asked]
  })
  gateway.on("device.pair.resolved", ({ requestId }) => {
    pairing.value = without(pairing.value, requestId, (one) => one.requestId)
  })

  return {
    commands,
    pairing,
    count: computed(() => commands.value.length + pairing.value.length),
    /** Answers a command that waits. The first answer counts, wherever it is given. */
    async decide(id: string, decision: Decision) {
      await gateway.call("exec.approval.resolve", { id, decision })
      commands.value = without(commands.value, id, (one) => one.id)
    },
  }
}

export type Attention = ReturnType<typeof createAttention>
