import * as z from "zod"
import { notSent } from "../../kernel/network.ts"
import { fileTooBig } from "../attachment-faults.ts"
import { DiscordError, type Rest } from "./rest.ts"
import { message } from "./wire.ts"

const ref = z.object({
  url: z.string(),
  channel: z.string().optional(),
  message: z.string().optional(),
  attachment: z.string().optional(),
})

/** Fetches a file that came along. Its address ends to be good after a day, and is asked for again then. */
export const downloader =
  (rest: Rest) => async (written: string, mostBytes: number, signal: AbortSignal) => {
    const { url, channel, message: messageId, attachment } = ref.parse(JSON.parse(written))
    const fetchFrom = async (address: string) => {
      const content = await rest.file(checked(address, rest.root), mostBytes, signal)
      if (!content) throw fileTooBig({ mostBytes })
      return content
    }
    try {
      return await fetchFrom(url)
    } catch (error) {
      const gone = error instanceof DiscordError && [403, 404].includes(error.details.status ?? 0)
      if (!gone || !channel || !messageId) throw error
      const path = `/channels/${channel}/messages/${messageId}`
      const { attachments } = await rest.call("GET", path, message, { signal })
      const fresh = attachments.find(({ id }) => id === attachment)
      if (!fresh) throw error
      return fetchFrom(fresh.url)
    }
  }

/** Discord's own hosts, or the one the operator wrote down in its place. */
const checked = (address: string, root: URL) => {
  const url = URL.parse(address)
  const own = url?.origin === root.origin
  const theirs =
    url?.protocol === "https:" && /(?:^|\.)discord(?:app)?\.(?:com|net)$/.test(url.hostname)
  if (url && (own || theirs)) return url
  throw notSent({ why: "refused", text: "The file lies somewhere that is not Discord." })
}
