/** Files: an address is asked for, the bytes go there, and then it is shown. */
import { type Clock, pause } from "../../kernel/clock.ts"
import type { Part, Sent } from "../../kernel/network.ts"
import type { SlackApi } from "./api.ts"
import { millis } from "./wire.ts"
import { writtenExactly } from "./written.ts"

type Shares = Record<string, Record<string, { ts: string }[]>>

/** Slack shows a file a moment after it said that it would. */
const looks = 4
const lookEveryMs = 250

export const upload = async (
  { api, clock }: { api: SlackApi; clock: Clock },
  part: Part,
  { channel, thread }: { channel: string; thread: string | undefined },
  signal: AbortSignal,
): Promise<Sent> => {
  const { path, name, bytes } = part.enclosure!
  const { upload_url: url, file_id: file } = await api.call<{
    upload_url: string
    file_id: string
  }>("files.getUploadURLExternal", { filename: name, length: bytes }, signal)
  await api.put(url, Bun.file(path), "application/octet-stream", signal)
  const { text, blocks } = writtenExactly(part)
  await api.call(
    "files.completeUploadExternal",
    {
      files: [{ id: file, title: name }],
      channel_id: channel,
      thread_ts: thread,
      ...(blocks.length ? { blocks } : { initial_comment: text || undefined }),
    },
    signal,
  )
  for (let look = 0; look < looks; look++) {
    const shown = await api
      .call<{ file: { shares?: Shares } }>("files.info", { file }, signal)
      .catch(() => undefined)
    const share = Object.values(shown?.file.shares ?? {}).flatMap(
      (rooms) => rooms[channel] ?? [],
    )[0]
    if (share) return { id: share.ts, at: millis(share.ts) }
    await pause(clock, lookEveryMs, signal)
  }
  // It is there; only the message it stands in has not been told.
  return { id: file, at: clock.now() }
}
