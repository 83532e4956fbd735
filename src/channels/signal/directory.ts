import type { Connection, Listed } from "../../kernel/network.ts"
import { personId } from "./places.ts"
import type { SignalRpc } from "./rpc.ts"

interface Member {
  number?: string | null
  uuid?: string | null
}
interface Contact extends Member {
  name?: string | null
  username?: string | null
  profile?: { givenName?: string | null; familyName?: string | null } | null
}
interface Group {
  id: string
  name?: string | null
  isMember?: boolean
  members?: readonly Member[]
}

export const createDirectory = (rpc: SignalRpc): NonNullable<Connection["directory"]> => {
  const contacts = async () => {
    const all = await rpc.call<Contact[]>("listContacts")
    return new Map(all.flatMap((one) => [one.number, one.uuid].map((id) => [id, one] as const)))
  }
  return {
    async people(query, limit) {
      const all = new Set((await contacts()).values())
      return matching([...all].flatMap(listed), query, limit)
    },
    async rooms(query, limit) {
      const groups = await rpc.call<Group[]>("listGroups")
      const own = groups.filter(({ isMember }) => isMember !== false)
      return matching(
        own.map(({ id, name }) => ({ id, name: name || id, target: `group:${id}` })),
        query,
        limit,
      )
    },
    async members(room, limit) {
      const [groups, known] = await Promise.all([rpc.call<Group[]>("listGroups"), contacts()])
      const members = groups.find(({ id }) => id === room)?.members ?? []
      return members
        .flatMap((one) => listed(known.get(one.number) ?? known.get(one.uuid) ?? one))
        .slice(0, limit)
    },
  }
}

const listed = ({ number, uuid, name, profile, username }: Contact): Listed[] => {
  const id = personId(number ?? "") ?? personId(uuid ?? "")
  if (!id) return []
  const given = [profile?.givenName, profile?.familyName].filter(Boolean).join(" ")
  return [{ id, name: name || given || username || id, target: id }]
}

const matching = (all: readonly Listed[], query: string, limit: number) => {
  const wanted = query.toLowerCase()
  return all
    .filter(({ id, name }) => name.toLowerCase().includes(wanted) || id === query)
    .slice(0, limit)
}
