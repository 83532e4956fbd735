/**
 * False when a browser says that a page of another address made the request. A page can forge
 * neither header; no header at all means no browser. The Host was checked before this.
 */
export const fromOwnPage = (headers: Headers) => {
  const site = headers.get("sec-fetch-site")
  if (site !== null && site !== "same-origin" && site !== "none") return false
  const origin = headers.get("origin")
  // A proxy may have changed the Host; the browser knows what it was.
  return origin === null || site === "same-origin" || names(origin, headers.get("host"))
}

/** `host` is the one of `origin`; the scheme's own port may be written or not. */
const names = (origin: string, host: string | null) => {
  const page = URL.canParse(origin) ? new URL(origin) : undefined
  const asked = page && `${page.protocol}//${host}`
  return asked !== undefined && URL.canParse(asked) && new URL(asked).origin === origin
}
