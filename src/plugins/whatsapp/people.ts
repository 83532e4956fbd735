import { areJidsSameUser, isLidUser, isPnUser, jidDecode, jidNormalizedUser } from "baileys"
import type { Person } from "fased/channel"

/** Who the account is: by number, and by the id that stands for it where numbers are hidden. */
export interface Own {
  jid: string
  lid: string | undefined
}

export const isOwn = ({ jid, lid }: Own, other: string | null | undefined): boolean =>
  !!other && (isLidUser(other) ? !!lid && areJidsSameUser(other, lid) : areJidsSameUser(other, jid))

/** `+4915112345678` of an address that has a number. */
export const phoneOf = (jid: string | null | undefined): string | undefined =>
  jid && isPnUser(jid) ? `+${jidDecode(jid)!.user}` : undefined

/** The id of an address: its number, else the address without the device. */
const idOf = (jid: string) => phoneOf(jid) ?? jidNormalizedUser(jid)

/** All of their ids, the number first: sessions, lists and pairing go by it where it is known. */
export const personOf = (
  jids: readonly (string | null | undefined)[],
  name?: string | null,
): Person | undefined => {
  const ids = [...new Set(jids.flatMap((jid) => (jid ? [idOf(jid)] : [])).filter(Boolean))]
  const [first, ...others] = ids.toSorted((a, b) => rank(a) - rank(b))
  return first ? { ids: [first, ...others], ...(name && { name: name.slice(0, 200) }) } : undefined
}
const rank = (id: string) => (id.startsWith("+") ? 0 : 1)

/** The address of a conversation or a person as the gateway names it. */
export const jidOf = (id: string): string =>
  id.includes("@") ? id : `${id.replace(/\D/g, "")}@s.whatsapp.net`
