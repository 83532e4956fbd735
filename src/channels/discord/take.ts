import { pause } from "../../kernel/clock.ts"
import type { ConnectContext } from "../../kernel/connect-context.ts"
import type { Arrival, Heard } from "../../kernel/network.ts"
import { inTurn } from "../in-turn.ts"
import type { GatewayEvent } from "./gateway.ts"
import { arrivalOf, type Reading } from "./inbound.ts"
import type { missedMessages } from "./missed.ts"
import { interaction, type Interaction } from "./wire.ts"

interface Taking {
  reading: Reading
  context: Pick<ConnectContext, "arrived" | "clock" | "log">
  signal: AbortSignal
  /** Hands over what was chosen or pressed. */
  interact(interaction: Interaction): Promise<void>
  missed: ReturnType<typeof missedMessages>
}

/** Of a session, and of its servers. */
const beginnings = new Set(["READY", "GUILD_CREATE"])
const retry = { leastMs: 1_000, mostMs: 30_000 }

/**
 * Hands arrivals over until they are taken. Discord tells an event again only to who comes back, so one
 * that could not be taken is tried again from here; once the signal aborts it is left untaken.
 */
export const handOver =
  ({ context: { arrived, clock, log }, signal }: Pick<Taking, "context" | "signal">) =>
  async (arrival: Arrival): Promise<Heard> => {
    for (let waitMs = retry.leastMs; ; waitMs = Math.min(waitMs * 2, retry.mostMs)) {
      signal.throwIfAborted()
      try {
        return await arrived(arrival)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        log.warn("arrival not taken", { reason, waitMs })
        await pause(clock, waitMs, signal)
      }
    }
  }

/** Takes events in: one after the other in a channel, channels side by side. */
export const takeEvents = (taking: Taking) => {
  const { reading, context, signal, interact, missed } = taking
  const hand = handOver(taking)
  const ordered = inTurn()

  const takeOne = async (event: GatewayEvent) => {
    if (event.type === "INTERACTION_CREATE") return interact(interaction.parse(event.data))
    const arrival = await arrivalOf(event, reading)
    if (!arrival) return
    const { id, kind } = arrival.conversation
    if (kind === "direct") missed.remember(id)
    await hand(arrival)
  }

  /** Before anything new of those places. The event is not taken in before all of it was. */
  const catchUp = async (event: GatewayEvent) => {
    const reading = missed.gaps(event).map((gap) =>
      ordered(gap.channel, async () => {
        for (const data of await missed.read(gap))
          await takeOrPass({ type: "MESSAGE_CREATE", data, id: event.id })
      }),
    )
    await Promise.all(reading)
  }

  /** Rejects only once the signal aborted: what nobody can read holds up nothing. */
  const takeOrPass = async (event: GatewayEvent) => {
    try {
      await (beginnings.has(event.type) ? catchUp(event) : takeOne(event))
    } catch (error) {
      if (signal.aborted) return new Promise<never>(() => {}) // untaken, and told again to who is next
      const reason = error instanceof Error ? error.message : String(error)
      context.log.warn("event passed over", { event: event.type, reason })
    }
  }

  return (event: GatewayEvent): Promise<void> => {
    reading.places.note(event.type, event.data)
    const { channel_id: channel } = (event.data ?? {}) as { channel_id?: unknown }
    if (typeof channel !== "string") return takeOrPass(event)
    return ordered(channel, () => takeOrPass(event))
  }
}
