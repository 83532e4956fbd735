import { Hono } from "hono"
import { normalizeBase } from "../client/base-path.ts"
import type { HttpEnv } from "./http.ts"
import type { UiFile } from "./ui-bundle.ts"
import { reservedPaths } from "./ui-paths.ts"
import { createSite, plainText } from "./ui-site.ts"
import type { Site } from "./ui-site.ts"

/** The Control UI's files, by default the bundle in this binary, read when a page is first asked for. */
export const openSite = (
  basePath = "/",
  load: () => Promise<UiFile[]> = async () => (await import("./ui-bundle.ts")).readBundle(),
) => createSite(normalizeBase(basePath), load)

/**
 * Routes that serve the Control UI. Mount them last: whatever path nobody else answers is a page
 * of the app, unless it looks like a file or belongs to the API. `door` may answer in the page's
 * place, for somebody who has to sign in first.
 */
export const controlUi = (
  site: Site,
  door?: (request: Request, peer: HttpEnv["Bindings"]) => Promise<Response | undefined>,
): Hono<HttpEnv> =>
  new Hono<HttpEnv>().all("*", async (c, next) => {
    const { base } = site
    const { pathname } = new URL(c.req.url)
    if (pathname === base && base) return c.redirect(`${base}/`, 308)
    if (!pathname.startsWith(`${base}/`)) return next()
    const path = pathname.slice(base.length + 1)
    if (reservedPaths.has(path.split("/", 1)[0]!)) return next()
    if (c.req.method !== "GET" && c.req.method !== "HEAD")
      return plainText(405, "Method Not Allowed", { allow: "GET, HEAD" })
    // Names come from a fixed list and never reach the disk; odd paths are refused to keep them odd.
    const isPage = /^(?:[\w~-]+(?:\/[\w~-]+)*\/?)?$/.test(path)
    if (!isPage) return path.endsWith(".html") ? notFound() : site.answer(c.req.raw, path)
    return (await door?.(c.req.raw, c.env)) ?? site.answer(c.req.raw, "index.html")
  })

const notFound = () => plainText(404, "Not Found")
