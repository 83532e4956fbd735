import { notAPicture, pictureTooLarge } from "./faults.ts"

/** Pixels a picture may claim in its header; decoding one takes four bytes for each. */
const maxPixels = 50_000_000

export interface Scaled {
  bytes: Uint8Array
  mimeType: "image/png" | "image/jpeg" | "image/webp"
  width: number
  height: number
}

/** Formats every model provider takes; the rest becomes PNG. */
const kept = { png: "image/png", jpeg: "image/jpeg", webp: "image/webp" } as const

/**
 * A picture as it may be shown to a model: known by its content, never by what a sender calls it,
 * and no side longer than `maxSide`. A header that claims too much is refused before a pixel is decoded.
 */
export const scalePicture = async (
  bytes: Uint8Array,
  { maxSide, name }: { maxSide: number; name: string },
): Promise<Scaled> => {
  try {
    const { width, height, format } = await open(bytes).metadata()
    const mimeType = format in kept ? kept[format as keyof typeof kept] : undefined
    if (mimeType && Math.max(width, height) <= maxSide) {
      // Decoded once all the same: a header may be all there is.
      await open(bytes).resize(1, 1).bytes()
      return { bytes, mimeType, width, height }
    }
    const fitted = open(bytes).resize(maxSide, maxSide, { fit: "inside", withoutEnlargement: true })
    const image = mimeType ? fitted : fitted.png()
    const scaled = await image.bytes()
    const size = { width: image.width, height: image.height }
    return { bytes: scaled, mimeType: mimeType ?? "image/png", ...size }
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === "ERR_IMAGE_TOO_MANY_PIXELS") throw pictureTooLarge({ name }, error)
    if (code?.startsWith("ERR_IMAGE_")) throw notAPicture({ name }, error)
    throw error
  }
}

const open = (bytes: Uint8Array) => new Bun.Image(bytes, { maxPixels })
