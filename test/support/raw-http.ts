import { connect } from "node:net"

/** Writes bytes to a port as they are; gives what came back, once the other side closed or `enough` came. */
export const rawHttp = (port: number, text: string, enough: RegExp = /\r\n\r\n/) =>
  new Promise<{ status: number; text: string; closed: boolean }>((resolve, reject) => {
    let got = ""
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"))
    const done = (closed: boolean) => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(got)?.[1] ?? 0)
      resolve({ status, text: got, closed })
      socket.destroy()
    }
    socket.on("data", (data) => {
      got += data.toString("latin1")
      if (enough.test(got)) done(false)
    })
    socket.on("close", () => done(true))
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? done(true) : reject(error),
    )
  })

/** The headers of a WebSocket handshake, one by one. */
export const upgradeHeaders = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  "Sec-WebSocket-Version": "13",
}

export const headerLines = (headers: Record<string, string | undefined>) =>
  Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")
