import { randomUUID } from "node:crypto"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import type { Clock } from "../kernel/clock.ts"
import type { Log } from "../kernel/log.ts"
import { privateFolder, writeFileAtomic } from "../store/files.ts"
import { scalePicture } from "./picture.ts"
import type { Media } from "./service.ts"
import type { MediaStore } from "./store.ts"

const keptMs = 30 * 24 * 3_600_000
const mostKept = 5_000
const lookMs = 3_600_000

const endings: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
}

/** A name this gateway gave; nothing else may become a path. */
const ownName = /^[0-9a-f-]{36}\.(?:png|jpg|webp)$/

export const createMedia = ({
  folder,
  store,
  maxSide,
  clock,
  log,
}: {
  /** `<state>/media` */
  folder: string
  store: MediaStore
  /** Longest side of a picture, in pixels. */
  maxSide: () => number
  clock: Clock
  log: Log
}): Media & { close(): Promise<void> } => {
  let looking = Promise.resolve()
  const forgetOld = async () => {
    const gone = await store.prune(clock.now() - keptMs, mostKept)
    for (const id of gone) if (!(await store.has(id))) await rm(join(folder, id), { force: true })
    if (gone.length) log.for("media").debug("old pictures removed", { count: gone.length })
  }
  const stop = clock.every(lookMs, () => {
    looking = forgetOld().catch((error: unknown) =>
      log.for("media").warn("old pictures could not be removed", { error }),
    )
  })

  return {
    async keep(sessionKey, bytes, name) {
      const picture = await scalePicture(bytes, { maxSide: maxSide(), name })
      const { mimeType, width, height } = picture
      const mediaId = `${randomUUID()}.${endings[mimeType]}`
      // The row first: a file without one would never be found again to be removed.
      await store.add({ id: mediaId, sessionKey, mimeType, at: clock.now() })
      writeFileAtomic(join(privateFolder(folder), mediaId), picture.bytes)
      return { mediaId, mimeType, width, height }
    },
    async read(sessionKey, mediaId) {
      if (!ownName.test(mediaId)) return null
      const found = await store.find(mediaId, sessionKey)
      const file = Bun.file(join(folder, mediaId))
      if (!found || !(await file.exists())) return null
      return { mimeType: found.mimeType, bytes: await file.bytes() }
    },
    share: store.share,
    async close() {
      stop()
      await looking
    },
  }
}
