import { isAbsolute } from "node:path"

/** A picture as `identity.avatar` may name it: a page's, one written out, or a file of the workspace. */
export const isAvatar = (written: string) => {
  if (/^https?:\/\//i.test(written)) return URL.canParse(written)
  if (/^data:/i.test(written))
    return /^data:image\/(?:png|jpeg|gif|webp);base64,[a-z0-9+/]+=*$/i.test(written)
  if (/^[a-z][a-z0-9+.-]*:/i.test(written)) return false
  return (
    written !== "" &&
    !isAbsolute(written) &&
    !written.startsWith("~") &&
    !written.split(/[\\/]/).includes("..")
  )
}
