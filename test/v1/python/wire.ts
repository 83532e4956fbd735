import { connect } from "node:net"

/** The first whole HTTP message of a text of one character a byte; undefined while it has not come. */
export const firstMessage = (text: string): { message: string; rest: string } | undefined => {
  const headEnd = text.indexOf("\r\n\r\n") + 4
  if (headEnd < 4) return undefined
  const head = text.slice(0, headEnd).toLowerCase()
  if (/transfer-encoding: *chunked/.test(head)) {
    const end = text.indexOf("\r\n0\r\n\r\n", headEnd - 2)
    return end < 0 ? undefined : cut(text, end + 7)
  }
  const end = headEnd + Number(/content-length: *(\d+)/.exec(head)?.[1] ?? 0)
  return text.length < end ? undefined : cut(text, end)
}
const cut = (text: string, at: number) => ({ message: text.slice(0, at), rest: text.slice(at) })

/** Sends a request as it is and gives its answer as it came. */
export const replay = (port: number, request: string) =>
  new Promise<string>((resolve, reject) => {
    let got = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(request, "latin1"))
    socket.on("data", (data) => {
      got += data.toString("latin1")
      const whole = firstMessage(got)
      if (!whole) return
      socket.destroy()
      resolve(whole.message)
    })
    socket.on("close", () => reject(new Error(`closed after: ${got.slice(0, 500)}`)))
    socket.on("error", reject)
  })

/** An answer's status, kind and shape: of its JSON, or of each event in its order. */
export const shapeOf = (answer: string) => {
  const [head = "", ...rest] = answer.split("\r\n\r\n")
  const isChunked = /transfer-encoding: *chunked/i.test(head)
  const raw = rest.join("\r\n\r\n")
  const body = Buffer.from(isChunked ? joined(raw) : raw, "latin1").toString("utf8")
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(head)!
  const [, type] = /^content-type: *([^;\r]+)/im.exec(head) ?? []
  if (type !== "text/event-stream") return { status, type, body: shape(JSON.parse(body)) }
  const frames = body.split("\n\n").filter((frame) => frame && !frame.startsWith(":"))
  return { status, type, events: frames.map(frameShape) }
}

const frameShape = (frame: string) => {
  const name = /^event: (.+)$/m.exec(frame)?.[1]
  const [, data = ""] = /^data: (.+)$/m.exec(frame) ?? []
  return { ...(name && { name }), data: data === "[DONE]" ? data : shape(JSON.parse(data)) }
}

/** Types in place of values; words that say what kind of thing it is stay. */
const shape = (value: unknown, key = ""): unknown => {
  if (Array.isArray(value)) return value.map((one) => shape(one))
  if (value !== null && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, one]) => [name, shape(one, name)]),
    )
  const telling = ["object", "type", "role", "status", "finish_reason", "code", "param"]
  return telling.includes(key) || value === null ? value : typeof value
}

const joined = (chunked: string) => {
  let text = ""
  for (let at = 0; ;) {
    const end = chunked.indexOf("\r\n", at)
    const size = Number.parseInt(chunked.slice(at, end), 16)
    if (!size) return text
    text += chunked.slice(end + 2, end + 2 + size)
    at = end + 4 + size
  }
}
