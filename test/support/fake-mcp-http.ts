import { fakeServer, type Request } from "./fake-mcp.ts"

/** The fake MCP server at an address of its own: streamable HTTP, answers as JSON or as events. */
export const fakeMcpHttp = ({
  token,
  events = false,
  breaks = false,
  port = 0,
}: { token?: string; events?: boolean; breaks?: boolean; port?: number } = {}) => {
  let sessions = new Set<string>()
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined
  /** What is left to say of an answer that broke off, by the id of its last event. */
  const left = new Map<string, string>()
  const headers: Headers[] = []
  const server = fakeServer(() => {})
  const encode = (text: string) => new TextEncoder().encode(text)
  const push = (message: object) => stream?.enqueue(encode(`data: ${JSON.stringify(message)}\n\n`))

  const stop = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: 0,
    async fetch(request) {
      headers.push(request.headers)
      if (token && request.headers.get("authorization") !== `Bearer ${token}`)
        return new Response("who are you?", { status: 401 })
      const session = request.headers.get("mcp-session-id")
      if (session && !sessions.has(session)) return new Response("unknown", { status: 404 })
      if (request.method === "DELETE") {
        sessions.delete(session!)
        return new Response(null, { status: 204 })
      }
      if (request.method === "GET") {
        const rest = left.get(request.headers.get("last-event-id") ?? "")
        if (rest) return new Response(rest, { headers: stream_ })
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            stream = controller
            controller.enqueue(encode(": hello\n\n"))
          },
        })
        return new Response(body, { headers: stream_ })
      }
      const message = (await request.json()) as Request
      if (message.id === undefined) {
        server.hear(message, push)
        return new Response(null, { status: 202 })
      }
      const said: object[] = []
      server.hear(message, (one) => ("id" in one || events ? said.push(one) : push(one)))
      const more: Record<string, string> = {}
      if (message.method === "initialize") {
        const id = crypto.randomUUID()
        sessions.add(id)
        more["mcp-session-id"] = id
      }
      if (!events && !breaks) return Response.json(said[0], { headers: more })
      const text = said
        .map((one) => `id: e${message.id}\ndata: ${JSON.stringify(one)}\n\n`)
        .join("")
      if (!breaks || message.method !== "tools/call")
        return new Response(text, { headers: { ...stream_, ...more } })
      left.set(`e${message.id}`, text)
      return new Response(`retry: 10\nid: e${message.id}\ndata:\n\n`, { headers: stream_ })
    },
  })
  return {
    url: `http://127.0.0.1:${stop.port}/mcp`,
    headers,
    server,
    /** As after a restart of the server. */
    forget: () => (sessions = new Set()),
    [Symbol.asyncDispose]: async () => void (await stop.stop(true)),
  }
}
const stream_ = { "content-type": "text/event-stream" }
