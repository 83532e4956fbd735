import type { AddressInfo } from "node:net"

interface Message {
  id: number
  room: string
  kind: "direct" | "group"
  from: string
  text: string
  at: number
}

/** The network that the example plugin speaks: messages over plain HTTP, with a long poll. */
export const relayServer = () => {
  const token = "relay-token-0123456789"
  const messages: Message[] = []
  const posted: { room: string; text: string; nonce: string }[] = []
  let news = Promise.withResolvers<void>()
  let heard = Promise.withResolvers<void>()
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const url = new URL(request.url)
      if (request.headers.get("authorization") !== `Bearer ${token}`)
        return new Response("no", { status: 401 })
      if (url.pathname === "/me") return Response.json({ id: "bot" })
      if (request.method === "POST") {
        posted.push((await request.json()) as (typeof posted)[number])
        heard.resolve()
        heard = Promise.withResolvers()
        return Response.json({ id: String(posted.length), at: Date.now() })
      }
      const after = Number(url.searchParams.get("after"))
      const newer = () => messages.filter(({ id }) => id > after)
      if (!newer().length) await Promise.race([news.promise, Bun.sleep(1000)])
      return Response.json(newer())
    },
  })
  const { port } = server as unknown as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    posted,
    say(from: string, text: string, room = from, kind: Message["kind"] = "direct") {
      messages.push({ id: messages.length + 1, room, kind, from, text, at: Date.now() })
      news.resolve()
      news = Promise.withResolvers()
    },
    /** Resolves with the first message sent to the network that fits. */
    async until(fits: (text: string) => boolean) {
      for (;;) {
        const found = posted.find(({ text }) => fits(text))
        if (found) return found
        await heard.promise
      }
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}
