/** Stands before a mail server that knows no TLS: speaks in the open until STARTTLS, then by TLS for it. */
import { connect, createServer, type Socket } from "node:net"
import { createSecureContext, TLSSocket } from "node:tls"

const words = {
  imap: { greeting: "* OK ready\r\n", yes: "OK begin", no: "BAD unknown" },
  smtp: { greeting: "220 ready\r\n", yes: "220 begin", no: "502 5.5.1 unknown" },
}

/**
 * `silent` leaves STARTTLS out of what it says it can; `refuses` takes it for unknown; `injects` goes
 * on in the open after it agreed, as somebody in between would; `leaves` ends there.
 */
export const fakeStartTls = async (
  behind: number,
  {
    speaks,
    pem,
    manner = "agrees",
  }: {
    speaks: keyof typeof words
    pem: string
    manner?: "agrees" | "silent" | "refuses" | "injects" | "leaves"
  },
) => {
  const { greeting, yes, no } = words[speaks]
  const heard: string[] = []
  const open = new Set<Socket>()
  const tagged = (line: string, text: string) =>
    speaks === "imap" ? `${line.split(" ")[0]} ${text}\r\n` : `${text}\r\n`

  const secure = (socket: Socket) => {
    const context = createSecureContext({ key: pem, cert: pem })
    const safe = new TLSSocket(socket, { isServer: true, secureContext: context })
    const inner = connect({ port: behind, host: "127.0.0.1" })
    // Its greeting was said already.
    inner.once("data", () => inner.pipe(safe).pipe(inner))
    for (const one of [safe, inner]) one.on("error", () => socket.destroy())
    open.add(inner)
  }

  const server = createServer((socket) => {
    open.add(socket)
    socket.on("error", () => undefined)
    socket.write(greeting)
    const hear = (chunk: Buffer) => {
      const line = chunk.toString().trim()
      heard.push(line)
      if (/EHLO/.test(line)) {
        socket.write(manner === "silent" ? "250 fake\r\n" : "250-fake\r\n250 STARTTLS\r\n")
      } else if (!line.endsWith("STARTTLS") || manner === "refuses") socket.write(tagged(line, no))
      else {
        const more =
          manner === "injects" ? tagged("f2", speaks === "imap" ? "OK in" : "235 in") : ""
        socket.off("data", hear)
        socket.write(tagged(line, yes) + more)
        if (manner === "leaves") socket.destroySoon()
        else secure(socket)
      }
    }
    socket.on("data", hear)
  })
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready))
  return {
    /** What was said to it in the open. */
    heard,
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      server.close()
    },
  }
}
