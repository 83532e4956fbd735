import { randomUUID } from "node:crypto"
import { readdir, rm, stat } from "node:fs/promises"
import { basename, join } from "node:path"
import type { MediaShownAs } from "../kernel/delivery.ts"
import type { Enclosure } from "../kernel/network.ts"
import type { GuardedFetch } from "../net/guarded-fetch.ts"
import { privateFolder, writeFileAtomic } from "../store/files.ts"
import { readWithin } from "../tools/boundary.ts"
import { fileType } from "../tools/file-type.ts"
import { badMedia, mediaTooLarge } from "./faults.ts"

/** A file to be sent: a path in a workspace, an address, or a `data:` URL. */
export interface Source {
  source: string
  as?: MediaShownAs
}

/** From where files may be read; without a workspace only addresses are. */
export interface Reach {
  workspace?: string
  maxBytes: number
  signal: AbortSignal
}

export interface Enclosures {
  /** Fetches a file, looks what it is and keeps a copy until it is sent. Throws what a person can read. */
  load(source: Source, reach: Reach): Promise<Enclosure>
  /** Removes copies older than this. */
  tidy(before: number): Promise<void>
}

const fetchTimeoutMs = 60_000

export const createEnclosures = ({
  folder,
  own,
  guardedFetch,
}: {
  /** `<state>/media/outbound` */
  folder: string
  /** fased's own places, which no answer may send away. */
  own: readonly string[]
  guardedFetch: GuardedFetch
}): Enclosures => {
  const read = async (source: string, { workspace, maxBytes, signal }: Reach) => {
    if (/^https?:\/\//i.test(source)) {
      const request = { signal, timeoutMs: fetchTimeoutMs, maxBytes }
      const { status, body, url, cut } = await guardedFetch(source, request)
      if (status !== 200) throw badMedia({ source, why: `its server answered ${status}` })
      if (cut) throw mediaTooLarge({ source, maxMb: maxBytes / 1e6 })
      return { bytes: body, name: basename(new URL(url).pathname) }
    }
    if (/^data:/i.test(source)) {
      const [, about = "", encoded] = /^data:([^,]{0,500});base64,([\w+/=\s]*)$/i.exec(source) ?? []
      if (encoded === undefined) throw badMedia({ source, why: "only base64 is read" })
      if (encoded.length * 0.75 > maxBytes) throw mediaTooLarge({ source, maxMb: maxBytes / 1e6 })
      return { bytes: Buffer.from(encoded, "base64"), name: nameIn(about) }
    }
    if (/^[a-z][a-z0-9+.-]*:/i.test(source) || source.startsWith("\\\\"))
      throw badMedia({ source, why: "it is neither a path nor an http address" })
    if (!workspace)
      throw badMedia({ source, why: "files of this machine may not be sent from here" })
    const bytes = readWithin({ workspace, workspaceOnly: true, own }, source)
    return { bytes, name: basename(source) }
  }

  return {
    async load({ source, as }, reach) {
      const { bytes, name } = await read(source, reach)
      if (!bytes.length) throw badMedia({ source, why: "it is empty" })
      if (bytes.length > reach.maxBytes)
        throw mediaTooLarge({ source, maxMb: reach.maxBytes / 1e6 })
      const { kind, mimeType, ending } = fileType(bytes)
      const id = randomUUID()
      const path = join(privateFolder(folder), `${id}.${ending}`)
      writeFileAtomic(path, bytes)
      return {
        path,
        kind: as === "document" ? as : as === "voice" && kind === "audio" ? as : kind,
        ...(as === "round" && kind === "video" && { round: true as const }),
        mimeType,
        name: plainName(name, ending),
        bytes: bytes.length,
      }
    },
    async tidy(before) {
      const names = await readdir(folder).catch(() => [])
      for (const name of names) {
        const path = join(folder, name)
        const about = await stat(path).catch(() => undefined)
        if (about && about.mtimeMs < before) await rm(path, { force: true })
      }
    },
  }
}

/** `text/plain;name=notes.txt` */
const nameIn = (about: string) => {
  try {
    return decodeURIComponent(/;name=([^;]+)/i.exec(about)?.[1] ?? "")
  } catch {
    return ""
  }
}

/** A name that is one on every system, with the ending its content has. */
const plainName = (name: string, ending: string) => {
  const clean = name
    .normalize()
    .replace(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, "_")
    .replace(/^[.\s-]+/, "")
    .slice(-100)
  if (!clean) return `file.${ending}`
  return /\.[a-z0-9]{1,8}$/i.test(clean) ? clean : `${clean}.${ending}`
}
