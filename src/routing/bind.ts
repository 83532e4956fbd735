import type { Edit } from "../config/edit.ts"
import { badSpot, boundElsewhere } from "./faults.ts"
import type { Bindings } from "./config.ts"

/** What `agents bind` can name: a channel, or one account of it. */
export interface Spot {
  channel: string
  accountId?: string
}

/** Reads `telegram`, `telegram:work` or `telegram:*`. Throws `routing.bad-spot`. */
export const readSpot = (text: string): Spot => {
  const [, channel, accountId] =
    /^([a-z][a-z0-9-]*)(?::(\*|[a-z0-9][\w-]*))?$/i.exec(text.trim()) ?? []
  if (!channel) throw badSpot({ text })
  return { channel: channel.toLowerCase(), ...(accountId && { accountId }) }
}

export const spotText = ({ channel, accountId }: Spot) =>
  accountId ? `${channel}:${accountId}` : channel

/** Bindings of a whole channel or account; those of single conversations are for the config file. */
const isWide = ({ match }: Bindings[number]) =>
  !match.peer && match.guildId === undefined && match.teamId === undefined && !match.roles

/** The changes that bind an agent to these places. Throws `routing.bound` where another one is. */
export const bind = (bindings: Bindings, agentId: string, spots: readonly Spot[]): Edit[] => {
  const edits: Edit[] = []
  let length = bindings.length
  for (const spot of spots) {
    const of = bindings.map((binding, index) => ({ ...binding, index })).filter(isWide)
    const same = of.find(
      ({ match }) => match.channel === spot.channel && match.accountId === spot.accountId,
    )
    if (same && same.agentId !== agentId)
      throw boundElsewhere({ spot: spotText(spot), agentId: same.agentId })
    if (same) continue
    // One for the channel alone becomes one for the account, where the same agent is meant.
    const wider = of.find(
      ({ match, agentId: whose }) =>
        whose === agentId && match.channel === spot.channel && match.accountId === undefined,
    )
    if (wider && spot.accountId)
      edits.push({ path: ["bindings", wider.index, "match", "accountId"], value: spot.accountId })
    else {
      const binding = { agentId, match: { ...spot } }
      edits.push(
        length
          ? { path: ["bindings", length], value: binding }
          : { path: ["bindings"], value: [binding] },
      )
      length++
    }
  }
  return edits
}

/** The changes that take an agent from these places; without any, from all. */
export const unbind = (
  bindings: Bindings,
  agentId: string,
  spots: readonly Spot[] | "all",
): Edit[] =>
  bindings
    .map((binding, index) => ({ ...binding, index }))
    .filter((binding) => binding.agentId === agentId)
    .filter(
      (binding) =>
        spots === "all" ||
        (isWide(binding) &&
          spots.some(
            ({ channel, accountId }) =>
              binding.match.channel === channel && binding.match.accountId === accountId,
          )),
    )
    .map(({ index }) => ({ path: ["bindings", index] }))
    .reverse()
