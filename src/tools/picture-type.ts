/** The type of a picture by how its bytes begin, among those that models take. */
export const pictureType = (bytes: Uint8Array): string | undefined =>
  signatures.find(({ at, magic }) => ascii(bytes, at, magic.length) === magic)?.mimeType

const ascii = (bytes: Uint8Array, at: number, length: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", at, at + length)

const signatures = [
  { mimeType: "image/png", at: 0, magic: "\x89PNG\r\n\x1a\n" },
  { mimeType: "image/jpeg", at: 0, magic: "\xff\xd8\xff" },
  { mimeType: "image/gif", at: 0, magic: "GIF87a" },
  { mimeType: "image/gif", at: 0, magic: "GIF89a" },
  { mimeType: "image/webp", at: 8, magic: "WEBP" },
]
