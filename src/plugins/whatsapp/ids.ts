import { createHash } from "node:crypto"

/** As ids of WhatsApp Web begin, and then a word of our own by which we know what we sent. */
const prefix = "3EB0FA5ED0"

/** The same for every try of one part: WhatsApp shows it once. */
export const messageIdOf = (nonce: string): string =>
  prefix + createHash("sha256").update(nonce).digest("hex").slice(0, 12).toUpperCase()

/** We sent it; also after a restart. */
export const isOurs = (id: string): boolean => id.startsWith(prefix)
