import { Hono } from "hono"
import type { UiFile } from "./ui-bundle.ts"

export interface ControlUiOptions {
  /** Where the page lives, e.g. `/fased`. Default: the root. */
  basePath?: string
  /** Default: the bundle in this binary, read when the page is first asked for. */
  load?: () => Promise<UiFile[]>
}

/** First path segments that belong to the API: when nothing answers there, it is a 404, not the page. */
const reserved = new Set(
  "v1 tools hooks api __fased__ __openclaw__ health healthz ready readyz".split(" "),
)

/** Nothing but this origin: no inline code, no frames, and no way to turn a string into markup. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ")

const secure = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
}

interface Asset {
  headers: Record<string, string>
  etag: string
  plain: Uint8Array<ArrayBuffer>
  zipped: Uint8Array<ArrayBuffer>
}

const prepare = (file: UiFile, base: string, names: string[]): Asset => {
  const isIndex = file.name === "index.html"
  const plain =
    base && /html|javascript|css/.test(file.type) ? rebase(file, base, names) : file.bytes
  return {
    headers: {
      ...secure,
      "content-type": file.type,
      "cache-control": isIndex ? "no-store" : "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    },
    etag: isIndex ? "" : Bun.hash(plain).toString(36),
    plain,
    zipped: Bun.gzipSync(plain),
  }
}

/** The bundler writes every reference as `/name-hash.ext`. */
const rebase = ({ bytes }: UiFile, base: string, names: string[]) => {
  let text = new TextDecoder().decode(bytes)
  for (const name of names) text = text.replaceAll(`/${name}`, `${base}/${name}`)
  return new TextEncoder().encode(text)
}

const readSite = async (load: () => Promise<UiFile[]>, base: string) => {
  const files = await load()
  const names = files.map(({ name }) => name).filter((name) => name !== "index.html")
  return new Map(files.map((file) => [file.name, prepare(file, base, names)]))
}

const loadBundle = async () => (await import("./ui-bundle.ts")).readBundle()

const respond = ({ headers, etag, plain, zipped }: Asset, request: Request) => {
  const gzip = /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "")
  const tag = etag && `"${etag}${gzip ? "-gz" : ""}"`
  const all = { ...headers, ...(tag && { etag: tag }) }
  const known = request.headers.get("if-none-match")?.split(/\s*,\s*/) ?? []
  if (tag && known.some((value) => value === "*" || value.replace(/^W\//, "") === tag))
    return new Response(null, { status: 304, headers: all })
  const body = gzip ? zipped : plain
  return new Response(request.method === "HEAD" ? null : body, {
    headers: {
      ...all,
      "content-length": String(body.byteLength),
      ...(gzip && { "content-encoding": "gzip" }),
    },
  })
}

const plainText = (status: number, text: string, headers: Record<string, string> = {}) =>
  new Response(`${text}\n`, {
    status,
    headers: { ...secure, "content-type": "text/plain; charset=utf-8", ...headers },
  })

/** `/`, `/ui/` and `ui` become "", "/ui" and "/ui". */
const normalize = (basePath: string) => {
  const inner = basePath.replace(/^\/+|\/+$/g, "")
  return inner && `/${inner}`
}

/**
 * Routes that serve the Control UI. Mount them last: whatever path nobody else answers is a page
 * of the app, unless it looks like a file or belongs to the API.
 */
export const controlUi = ({ basePath = "/", load = loadBundle }: ControlUiOptions = {}): Hono => {
  const base = normalize(basePath)
  let site: ReturnType<typeof readSite> | undefined
  const assets = () =>
    (site ??= readSite(load, base).catch((error: unknown) => {
      site = undefined
      throw error
    }))

  return new Hono().all("*", async (c, next) => {
    const { pathname } = new URL(c.req.url)
    if (pathname === base && base) return c.redirect(`${base}/`, 308)
    if (!pathname.startsWith(`${base}/`)) return next()
    const path = pathname.slice(base.length + 1)
    if (reserved.has(path.split("/", 1)[0]!)) return next()
    if (c.req.method !== "GET" && c.req.method !== "HEAD")
      return plainText(405, "Method Not Allowed", { allow: "GET, HEAD" })
    // Names come from a fixed list and never reach the disk; odd paths are refused to keep them odd.
    const isPage = /^(?:[\w~-]+(?:\/[\w~-]+)*\/?)?$/.test(path)
    const files = await assets().catch(() => null)
    if (!files)
      return plainText(503, "The Control UI could not be loaded. Check the log with: fased logs")
    const asset = files.get(isPage ? "index.html" : path)
    return asset ? respond(asset, c.req.raw) : plainText(404, "Not Found")
  })
}
