/** Lines and bytes over TCP, as IMAP and SMTP take turns with them. */
import { connect as connectPlain, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"
import { failed } from "../faults.ts"
import { type MailServer, protectionOf } from "./settings.ts"

/** Longest line that is read, and most bytes that one answer may hold. */
const longestLine = 1_000_000
const mostBytes = 40_000_000

export interface MailWire {
  /** The next line without its end. */
  line(): Promise<string>
  bytes(count: number): Promise<Buffer>
  write(data: string | Buffer): void
  /** Goes on by TLS, once the server agreed to it in the open. Nothing it said before counts. */
  secure(): Promise<void>
  close(): void
}

/** What a person can do something about in other words than the system's. */
const whyNot = ({ code, message }: NodeJS.ErrnoException, port: number) => {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no address is known for it"
  if (code === "ECONNREFUSED") return `nothing answers on its port ${port}`
  return message || "it cannot be reached"
}

export const openWire = async (
  label: string,
  server: MailServer,
  signal: AbortSignal,
): Promise<MailWire> => {
  signal.throwIfAborted()
  const { host, port } = server
  const named = !isIP(host) && { servername: host }
  const chunks: Buffer[] = []
  let held = 0
  let ended: unknown
  let wake = () => {}
  let ready = Promise.withResolvers<void>()
  let socket: Socket

  const end = (why: unknown) => {
    ended ??= why
    ready.reject(why)
    wake()
    socket.destroy()
  }
  const closed = (what: string, cause?: unknown) =>
    failed({ label: `${label} (${host})`, why: what }, cause)
  const onAbort = () => end(signal.reason)
  const hear = (given: Socket) => {
    socket = given
    socket.on("error", (error: Error) => end(closed(whyNot(error, port), error)))
    socket.on("close", () => end(closed("it closed the connection")))
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      held += chunk.length
      if (held > mostBytes) end(closed("it sends more than is read of one answer"))
      wake()
    })
  }
  signal.addEventListener("abort", onAbort, { once: true })
  hear(
    protectionOf(server) === "tls"
      ? connectTls({ host, port, ...named }, ready.resolve)
      : connectPlain({ host, port }, ready.resolve),
  )

  const more = async () => {
    if (ended) throw ended
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    await promise
    if (ended && !held) throw ended
  }
  const take = (count: number): Buffer => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    chunks.splice(0, chunks.length, ...(all.length > count ? [all.subarray(count)] : []))
    held = all.length - count
    return all.subarray(0, count)
  }
  const bytes = async (count: number) => {
    if (count > mostBytes) throw closed("it sends more than is read of one answer")
    for (;;) {
      if (held >= count) return take(count)
      await more()
    }
  }
  /** Where the first line feed is; -1 when it has not come yet. */
  const lineEnd = () => {
    let before = 0
    for (const chunk of chunks) {
      const at = chunk.indexOf(10)
      if (at >= 0) return before + at
      before += chunk.length
    }
    return -1
  }

  await ready.promise
  return {
    async line() {
      for (let at = lineEnd(); ; at = lineEnd()) {
        if (at >= 0)
          return take(at + 1)
            .toString("utf8")
            .replace(/\r?\n$/, "")
        if (held > longestLine) throw closed("it sends a line without end")
        await more()
      }
    },
    bytes,
    write: (data) => void socket.write(data),
    async secure() {
      // Whoever sits in between could have added it, to be taken for what comes by TLS.
      if (held) throw closed("it went on in the open after it had agreed to TLS")
      ready = Promise.withResolvers<void>()
      const plain = socket.removeAllListeners().on("error", () => undefined)
      hear(connectTls({ socket: plain, host, ...named }, ready.resolve))
      await ready.promise
    },
    close() {
      signal.removeEventListener("abort", onAbort)
      ended ??= closed("the connection was closed")
      socket.end()
      socket.destroySoon()
    },
  }
}
