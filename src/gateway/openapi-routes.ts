import type { Caller } from "../kernel/method.ts"
import { type AnyRoute, route } from "../kernel/route.ts"
import { service } from "../kernel/service.ts"
import { PortFacts } from "./metrics.ts"
import { type OpenApi, openApiOf } from "./openapi.ts"

/** Every route of the port, for those that tell of them. */
export const Routes = service<readonly AnyRoute[]>("routes")

/** Whoever comes: what is told here is the same for every fased of this version. */
const anyone: Caller = {
  connection: "open",
  role: "operator",
  scopes: new Set(),
  clientId: "open",
  clientMode: "open",
}
const refuse: AnyRoute["refuse"] = ({ code, message }) => ({ error: { code, message } })

export const openApiDocument = route({
  method: "GET",
  path: "/openapi.json",
  summary: "This description, as OpenAPI 3.1.",
  needs: { routes: Routes, facts: PortFacts },
  authorize: () => anyone,
  refuse,
  handle: ({ routes, facts }) => Response.json(openApiOf(routes, facts.version)),
})

export const openApiPage = route({
  method: "GET",
  path: "/openapi",
  summary: "This description, for people.",
  needs: { routes: Routes, facts: PortFacts },
  authorize: () => anyone,
  refuse,
  handle: ({ routes, facts }) =>
    new Response(pageOf(openApiOf(routes, facts.version)), {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'`,
        "x-frame-options": "DENY",
      },
    }),
})

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:54rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid #8884;padding:.5rem 0}
h2{font-size:1.05rem;margin:.5rem 0}code,pre{font:14px/1.45 ui-monospace,monospace}
h2 b{display:inline-block;min-width:4.5rem}pre{overflow:auto;background:#8881;padding:.75rem;border-radius:.5rem}`
const styleHash = new Bun.CryptoHasher("sha256").update(style).digest("base64")

const pageOf = ({ info, paths }: OpenApi) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>fased: HTTP API</title><style>${style}</style></head><body><main>
<h1>fased ${text(info.version)}: HTTP API</h1>
<p>${marked(info.description)} For programs: <a href="openapi.json">openapi.json</a>.</p>
${Object.entries(paths)
  .flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) =>
      articleOf(method, path, operation as Operation),
    ),
  )
  .join("\n")}
</main></body></html>
`

interface Operation {
  summary: string
  requestBody?: { content: { "application/json": { schema: unknown } } }
}

const articleOf = (method: string, path: string, { summary, requestBody }: Operation) =>
  `<article><h2><b>${text(method.toUpperCase())}</b> <code>${text(path)}</code></h2><p>${marked(summary)}</p>${
    requestBody
      ? `<details><summary>Body</summary><pre>${text(JSON.stringify(requestBody.content["application/json"].schema, null, 2))}</pre></details>`
      : ""
  }</article>`

const signs: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
}
const text = (raw: string) => raw.replace(/[&<>"]/g, (sign) => signs[sign]!)
/** Code in backticks, as the document has it. */
const marked = (raw: string) => text(raw).replace(/`([^`]+)`/g, "<code>$1</code>")
