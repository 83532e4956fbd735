import type { GuardedFetch } from "../net/guarded-fetch.ts"
import { pictureType } from "../tools/file-type.ts"
import { pictureTooLarge, pictureUnreadable, tooManyAddresses } from "./faults.ts"
import type { WordPart } from "./words.ts"

const maxMb = 10
const maxBytes = maxMb * 1_048_576
const fetchMs = 10_000

/** Gets the pictures of one request; so many of them may come by address. */
export const createPictureLoader = ({
  guarded,
  maxAddresses,
  signal,
}: {
  guarded: GuardedFetch
  maxAddresses: number
  signal: AbortSignal
}) => {
  let addresses = 0
  return async (url: string): Promise<Extract<WordPart, { type: "image" }>> => {
    if (url.slice(0, 5).toLowerCase() === "data:")
      return checked(decodeDataUrl(url, (why) => pictureUnreadable({ why })).bytes)
    if (++addresses > maxAddresses) throw tooManyAddresses({ most: maxAddresses })
    const answer = await guarded(url, { signal, timeoutMs: fetchMs, maxBytes })
    if (answer.cut) throw pictureTooLarge({ maxMb })
    if (answer.status < 200 || answer.status > 299)
      throw pictureUnreadable({ why: `its address answers with ${answer.status}` })
    return checked(answer.body)
  }
}
export type PictureLoader = ReturnType<typeof createPictureLoader>

const checked = (bytes: Uint8Array) => {
  const mimeType = pictureType(bytes)
  if (!mimeType) throw pictureUnreadable({ why: "it is in no format that models read" })
  return { type: "image" as const, mimeType, bytes }
}

const base64 = /^[A-Za-z0-9+/_-]+={0,2}\s*$/

/** What a data URL holds; it is weighed before it is decoded. */
export const decodeDataUrl = (url: string, unreadable: (why: string) => Error) => {
  const comma = url.indexOf(",")
  const head = url.slice(5, comma)
  if (comma < 0 || comma > 300 || !/;base64$/i.test(head))
    throw unreadable("it is not a base64 data URL")
  if (((url.length - comma) * 3) / 4 > maxBytes + 3) throw pictureTooLarge({ maxMb })
  const data = url.slice(comma + 1)
  if (!base64.test(data)) throw unreadable("its base64 is damaged")
  return { type: head.split(";")[0]!.toLowerCase(), bytes: Buffer.from(data, "base64") }
}
