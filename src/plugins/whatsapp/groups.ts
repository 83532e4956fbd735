import type { GroupMetadata } from "baileys"
import type { ConnectContext } from "fased/channel"

const longestMs = 3_000
const oldestMs = 600_000
const mostGroups = 500

/** What is known of groups: subject and members, asked for once and again when they change. */
export interface Groups {
  cached(jid: string): GroupMetadata | undefined
  changed(jid: string): void
  /** Undefined when WhatsApp does not say in time. */
  get(jid: string): Promise<GroupMetadata | undefined>
}

export const createGroups = (
  ask: (jid: string) => Promise<GroupMetadata>,
  clock: ConnectContext["clock"],
): Groups => {
  const known = new Map<string, { group: GroupMetadata; at: number }>()
  const asking = new Map<string, Promise<GroupMetadata | undefined>>()

  const cached = (jid: string) => {
    const found = known.get(jid)
    return found && clock.now() - found.at < oldestMs ? found.group : undefined
  }
  const load = (jid: string) => {
    const work = ask(jid)
      .then((group) => {
        for (const oldest of known.keys()) {
          if (known.size < mostGroups) break
          known.delete(oldest)
        }
        known.set(jid, { group, at: clock.now() })
        return group
      })
      .catch(() => undefined) // it is shown without its name then
      .finally(() => asking.delete(jid))
    asking.set(jid, work)
    return work
  }
  return {
    cached,
    changed: (jid) => void known.delete(jid),
    async get(jid) {
      const found = cached(jid)
      if (found) return found
      const late = Promise.withResolvers<undefined>()
      const cancel = clock.after(longestMs, () => late.resolve(undefined))
      const group = await Promise.race([asking.get(jid) ?? load(jid), late.promise])
      cancel()
      return group
    },
  }
}
