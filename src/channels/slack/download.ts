import * as z from "zod"
import type { Connection } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { attempt } from "./failures.ts"

const reference = z.object({ id: z.string(), url: z.string().optional() })

/** Fetches a private file. Of files from other workspaces an event tells the id only. */
export const createDownload =
  (api: SlackApi): NonNullable<Connection["download"]> =>
  (ref, mostBytes, signal) =>
    attempt(async () => {
      const { id, url } = reference.parse(JSON.parse(ref))
      return await api.get(url ?? (await addressOf(api, id, signal)), mostBytes, signal)
    })

const addressOf = async (api: SlackApi, file: string, signal: AbortSignal) => {
  const answer = await api.call<{ file: { url_private_download?: string; url_private: string } }>(
    "files.info",
    { file },
    signal,
  )
  return answer.file.url_private_download ?? answer.file.url_private
}
