/**
 * `bun test/bench/stalled.ts [clients]`: what clients cost that ask for a stream and read none of it.
 * Each way of asking has a gateway of its own.
 */
import { connect, type Socket } from "node:net"
import { residentMegabytes, testToken } from "../support/binary.ts"
import { printTable } from "./measure.ts"
import { startProxied } from "./proxied.ts"

const clients = Number(process.argv[2] ?? 1000)
const seconds = [2, 10, 20, 40, 60]

const ways = [
  { name: "model, 2,000 words", model: "mock/words-2000" },
  { name: "model, 20 words a second", model: "mock/steady" },
  { name: "model, endless", model: "mock/endless" },
  { name: "agent, 2,000 words", model: "fased", header: "x-fased-model: mock/words-2000\r\n" },
]

/** A client that stops reading with the first bytes of its answer. */
const stall = (port: number, { model, header = "" }: (typeof ways)[number]) => {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "hi" }] })
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => {})
  socket.once("data", () => socket.pause())
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${testToken}\r\n${header}Content-Length: ${body.length}\r\n\r\n${body}`,
  )
  return socket
}

const rows: string[][] = []
for (const way of ways) {
  await using proxied = await startProxied()
  const { port, pid } = proxied.gateway
  const sockets: Socket[] = []
  const cells: number[] = [await residentMegabytes(pid)]
  for (let at = 0; at < clients; at++) sockets.push(stall(port, way))
  const began = performance.now()
  for (const second of seconds) {
    await Bun.sleep(second * 1000 - (performance.now() - began))
    cells.push(await residentMegabytes(pid))
  }
  for (const socket of sockets) socket.destroy()
  await Bun.sleep(5000)
  cells.push(await residentMegabytes(pid))
  rows.push([way.name, ...cells.map((mb) => mb.toFixed(0))])
}
const times = seconds.map((second) => `${second} s`)
printTable([[`${clients} stalled, MB`, "before", ...times, "after"], ...rows])
