import { fault } from "../kernel/fault.ts"

export const notAPicture = fault<{ name: string }>("media.not-a-picture", {
  status: 400,
  message: ({ name }) => `${name} is not a picture this gateway can read.`,
  hint: () => "Send it as PNG, JPEG, WebP, GIF or BMP.",
})

export const pictureTooLarge = fault<{ name: string; width?: number; height?: number }>(
  "media.picture-too-large",
  {
    status: 413,
    message: ({ name }) => `${name} has too many pixels to be opened safely.`,
    hint: () => "Send a smaller version of it, of 50 megapixels at most.",
  },
)

export const fileTooLarge = fault<{ name: string; maxMb: number }>("media.file-too-large", {
  status: 413,
  message: ({ name, maxMb }) => `${name} is larger than the ${maxMb} MB a file may have.`,
  hint: () => "Send a smaller one, or allow more: fased config set agents.defaults.mediaMaxMb …",
})

export const pictureGone = fault<{ mediaId: string }>("media.picture-gone", {
  status: 404,
  message: ({ mediaId }) => `This session has no picture ${mediaId}, or keeps it no longer.`,
  hint: () => "See what its messages name with: fased gateway call chat.history",
})
