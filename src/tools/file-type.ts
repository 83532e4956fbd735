interface FileType {
  mimeType: string
  kind: "image" | "audio" | "video" | "document"
  ending: string
}

/** What a file is by how it begins; undefined when that tells nothing. Its name is never looked at. */
export const knownType = (bytes: Uint8Array): FileType | undefined => {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1")
  return signatures.find(({ at = 0, magic }) => head.startsWith(magic, at))
}

/** The type of a picture by how its bytes begin, among those that models take. */
export const pictureType = (bytes: Uint8Array): string | undefined => {
  const known = knownType(bytes)
  return known?.kind === "image" ? known.mimeType : undefined
}

/** What is not known goes as a document of no type. */
export const fileType = (bytes: Uint8Array): FileType => {
  const known = knownType(bytes)
  if (known) return known
  const isText = !bytes.subarray(0, 4096).includes(0)
  return isText
    ? { mimeType: "text/plain", kind: "document", ending: "txt" }
    : { mimeType: "application/octet-stream", kind: "document", ending: "bin" }
}

const signatures: readonly (FileType & { at?: number; magic: string })[] = [
  { magic: "\x89PNG\r\n\x1a\n", mimeType: "image/png", kind: "image", ending: "png" },
  { magic: "\xff\xd8\xff", mimeType: "image/jpeg", kind: "image", ending: "jpg" },
  { magic: "GIF87a", mimeType: "image/gif", kind: "image", ending: "gif" },
  { magic: "GIF89a", mimeType: "image/gif", kind: "image", ending: "gif" },
  { magic: "WEBP", at: 8, mimeType: "image/webp", kind: "image", ending: "webp" },
  { magic: "WAVE", at: 8, mimeType: "audio/wav", kind: "audio", ending: "wav" },
  { magic: "OggS", mimeType: "audio/ogg", kind: "audio", ending: "ogg" },
  { magic: "ID3", mimeType: "audio/mpeg", kind: "audio", ending: "mp3" },
  { magic: "\xff\xfb", mimeType: "audio/mpeg", kind: "audio", ending: "mp3" },
  { magic: "\xff\xf3", mimeType: "audio/mpeg", kind: "audio", ending: "mp3" },
  { magic: "fLaC", mimeType: "audio/flac", kind: "audio", ending: "flac" },
  { magic: "ftypM4A", at: 4, mimeType: "audio/mp4", kind: "audio", ending: "m4a" },
  { magic: "ftyp", at: 4, mimeType: "video/mp4", kind: "video", ending: "mp4" },
  { magic: "\x1a\x45\xdf\xa3", mimeType: "video/webm", kind: "video", ending: "webm" },
  { magic: "%PDF-", mimeType: "application/pdf", kind: "document", ending: "pdf" },
  { magic: "PK\x03\x04", mimeType: "application/zip", kind: "document", ending: "zip" },
  { magic: "\x1f\x8b", mimeType: "application/gzip", kind: "document", ending: "gz" },
]
