import type { UiFile } from "./ui-bundle.ts"
import { withManifest } from "./ui-manifest.ts"

/** Nothing but this origin: no inline code, no frames, and no way to turn a string into markup. */
const policy = (formAction: "'none'" | "'self'") =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ")

export const pageHeaders = {
  "content-security-policy": policy("'none'"),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
}

/** What the sign-in page says and asks. */
export interface SignInPage {
  /** Where the form is sent. */
  action: string
  /** The path to go to once signed in. */
  to: string
  /** What went wrong with the last try. */
  problem?: string
  /** What is typed can be read on its way here. */
  isClear: boolean
}

interface Asset {
  headers: Record<string, string>
  etag: string
  plain: Uint8Array<ArrayBuffer>
  zipped: Uint8Array<ArrayBuffer>
}

/** The Control UI's files, ready to be sent, under `base` ("" or e.g. "/fased"). */
export const createSite = (base: string, load: () => Promise<UiFile[]>) => {
  let reading: Promise<Map<string, Asset> | undefined> | undefined
  const files = () =>
    (reading ??= readFiles(load, base).catch(() => {
      reading = undefined
      return undefined
    }))

  return {
    base,

    /** A page (`index.html`) or one of the files it refers to. */
    async answer(request: Request, name: string): Promise<Response> {
      const all = await files()
      if (!all) return notLoaded()
      const asset = all.get(name)
      return asset ? respond(asset, request) : plainText(404, "Not Found")
    },

    async signIn(
      { method }: Request,
      page: SignInPage,
      { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
    ): Promise<Response> {
      const asset = (await files())?.get("sign-in.html")
      if (!asset) return notLoaded()
      const text = fillIn(new TextDecoder().decode(asset.plain), page)
      return new Response(method === "HEAD" ? null : text, {
        status,
        headers: {
          ...asset.headers,
          ...headers,
          "content-security-policy": policy("'self'"),
        },
      })
    },
  }
}
export type Site = ReturnType<typeof createSite>

const fillIn = (html: string, { action, to, problem, isClear }: SignInPage) => {
  const rewriter = new HTMLRewriter()
    .on("form", { element: (form) => void form.setAttribute("action", action) })
    .on("input[name=to]", { element: (input) => void input.setAttribute("value", to) })
  if (problem)
    rewriter
      .on("#problem", { element: (place) => void place.setInnerContent(problem) })
      .on("#token", { element: (input) => void input.setAttribute("aria-invalid", "true") })
  if (!isClear) rewriter.on("#clear", { element: (note) => void note.remove() })
  return rewriter.transform(html)
}

const readFiles = async (load: () => Promise<UiFile[]>, base: string) => {
  const files = withManifest(await load())
  const names = files.map(({ name }) => name).filter((name) => !isPage(name))
  return new Map(files.map((file) => [file.name, prepare(file, base, names)]))
}

const isPage = (name: string) => name.endsWith(".html")

const prepare = (file: UiFile, base: string, names: string[]): Asset => {
  const plain =
    base && /html|javascript|css/.test(file.type) ? rebase(file, base, names) : file.bytes
  return {
    headers: {
      ...pageHeaders,
      "content-type": file.type,
      "cache-control": isPage(file.name) ? "no-store" : "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    },
    etag: isPage(file.name) ? "" : Bun.hash(plain).toString(36),
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

export const plainText = (status: number, text: string, headers: Record<string, string> = {}) =>
  new Response(`${text}\n`, {
    status,
    headers: { ...pageHeaders, "content-type": "text/plain; charset=utf-8", ...headers },
  })

const notLoaded = () =>
  plainText(503, "The Control UI could not be loaded. Check the log with: fased logs")
