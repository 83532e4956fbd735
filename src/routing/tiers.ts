import type { Conversation, Person } from "../kernel/network.ts"
import type { Binding } from "./config.ts"

/** Where something was said, and by whom, as bindings see it. */
export interface Spot {
  channel: string
  account: string
  /** The account is the one that stands where none is named. */
  isDefault: boolean
  conversation: Conversation
  sender: Pick<Person, "ids" | "roles">
}

/** From the narrowest to the widest (contract 10 §6.1). */
export const tiers = [
  "peer",
  "parent",
  "guild-roles",
  "guild",
  "team",
  "account",
  "channel",
] as const
export type Tier = (typeof tiers)[number]

/** The binding that counts, and why; undefined where none is about this spot. */
export const bindingFor = (
  bindings: readonly Binding[],
  spot: Spot,
): { binding: Binding; tier: Tier } | undefined => {
  let best: { binding: Binding; tier: Tier; rank: number } | undefined
  for (const binding of bindings) {
    const tier = tierOf(binding, spot)
    const rank = tier ? tiers.indexOf(tier) : tiers.length
    if (tier && rank < (best?.rank ?? tiers.length)) best = { binding, tier, rank }
  }
  return best && { binding: best.binding, tier: best.tier }
}

/** How narrowly a binding names this spot; undefined where something of it does not hold. */
const tierOf = ({ match }: Binding, spot: Spot): Tier | undefined => {
  const { channel, accountId, peer, guildId, teamId, roles } = match
  const { conversation, sender } = spot
  if (channel !== spot.channel) return undefined
  if (accountId === undefined ? !spot.isDefault : accountId !== "*" && accountId !== spot.account)
    return undefined
  if (guildId !== undefined && guildId !== conversation.guild) return undefined
  if (teamId !== undefined && teamId !== conversation.team) return undefined
  if (roles && !roles.some((role) => sender.roles?.includes(role))) return undefined
  if (peer) return peerTier(peer, spot)
  if (guildId !== undefined) return roles ? "guild-roles" : "guild"
  if (teamId !== undefined) return "team"
  if (roles) return undefined // roles are those of a guild, which it does not name
  return accountId === "*" ? "channel" : "account"
}

const peerTier = (
  { kind, id }: NonNullable<Binding["match"]["peer"]>,
  { conversation, sender }: Spot,
): Tier | undefined => {
  const isDirect = conversation.kind === "direct"
  if (kind === "direct") return isDirect && sender.ids.includes(id) ? "peer" : undefined
  if (isDirect) return undefined
  // A thread is a channel of its own on some networks, and goes by its parent's kind there.
  if (id === conversation.parent) return "parent"
  return id === conversation.id && kind === conversation.kind ? "peer" : undefined
}
