import type { AnyChannel, Conversation, Person } from "../kernel/network.ts"

export const everybody = "*"

/**
 * How a list names somebody: by a stable id, as everybody, or not at all. Names are never looked at:
 * anyone can take one.
 */
export const namedBy = (
  list: readonly string[],
  { ids }: Pick<Person, "ids">,
  channel: Pick<AnyChannel, "normalize">,
): "id" | "everybody" | undefined => {
  const own = new Set(ids.map((id) => channel.normalize(id) ?? id))
  const isNamed = list.some((entry) => {
    const id = entry === everybody ? undefined : channel.normalize(entry)
    return id !== undefined && own.has(id)
  })
  if (isNamed) return "id"
  return list.includes(everybody) ? "everybody" : undefined
}

/** True when they are the same person, one of them perhaps known by fewer ids. */
export const isSame = (
  one: Pick<Person, "ids">,
  other: Pick<Person, "ids">,
  channel: Pick<AnyChannel, "normalize">,
) => namedBy(one.ids, other, channel) === "id"

/** Whether a conversation is the one an account's owner has with themselves. */
export const isWithSelf = (
  self: Pick<Person, "ids">,
  { id, kind }: Pick<Conversation, "id" | "kind">,
  channel: Pick<AnyChannel, "normalize">,
) => kind === "direct" && isSame(self, { ids: [id] }, channel)

/** True when someone with one of these roles passes. Roles are ids as well. */
export const hasRole = (roles: readonly string[] | undefined, { roles: own }: Person) =>
  roles?.some((role) => own?.includes(role)) ?? false
