import { normalizeBase } from "../client/base-path.ts"

/** First path segments that belong to the API: when nothing answers there, it is a 404, not the page. */
export const reservedPaths: ReadonlySet<string> = new Set(
  "v1 tools hooks api __fased__ __openclaw__ health healthz ready readyz".split(" "),
)

/** Where the Control UI may live: plain segments, the first of them not the API's. */
export const isBasePath = (text: string) =>
  /^\/?(?:[\w~-]+(?:\/[\w~-]+)*\/?)?$/.test(text) &&
  !reservedPaths.has(normalizeBase(text).split("/")[1] ?? "")
