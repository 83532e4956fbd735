import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import type { Discovery } from "./discovery.ts"
import type { Offer } from "./offer.ts"
import type { Refreshed } from "./service.ts"

/** One that could not be asked is left alone for so long. */
const pauseMs = 60_000

/**
 * Asks again for lists that were asked for once and have grown old, and for those of a person's own
 * servers that a variable names. It returns at once: whoever looks now sees what was known before.
 */
export const createFreshness = ({
  offer,
  discovery,
  refresh,
  clock,
  log,
}: {
  offer: Pick<Offer, "providers" | "standingOf">
  discovery: Pick<Discovery, "isStale" | "askedAt">
  refresh: (provider: string) => Promise<Refreshed[]>
  clock: Clock
  log?: Log
}) => {
  const triedAt = new Map<string, number>()
  const ask = async (id: string) => {
    for (const one of await refresh(id))
      if ("error" in one) log?.for("models").warn("a list of models could not be had", one)
  }
  return () => {
    for (const provider of offer.providers()) {
      const { id, local, config } = provider
      const isNamed = local && !config && discovery.askedAt(id) === undefined
      if (!isNamed && !discovery.isStale(provider)) continue
      if (clock.now() - (triedAt.get(id) ?? -Infinity) < pauseMs) continue
      if (!offer.standingOf(provider).ok) continue
      triedAt.set(id, clock.now())
      void ask(id)
    }
  }
}
