import * as z from "zod"
import { fileTooBig } from "../attachment-faults.ts"
import type { BotApi } from "./api.ts"
import { filePath } from "./wire.ts"

const ref = z.object({ fileId: z.string() })

/** Fetches a file that came along. Throws `channels.file-too-big` for more than `mostBytes`. */
export const downloader =
  (api: BotApi) => async (written: string, mostBytes: number, signal: AbortSignal) => {
    const { fileId } = ref.parse(JSON.parse(written))
    const { file_path: path, file_size: bytes = 0 } = await api.call(
      "getFile",
      filePath,
      { file_id: fileId },
      { signal },
    )
    if (bytes > mostBytes) throw fileTooBig({ mostBytes })
    const content = path && (await api.file(path, mostBytes, signal))
    if (!content) throw fileTooBig({ mostBytes })
    return content
  }
