import { createSocket, type Socket } from "node:dgram"
import type { Packet } from "dns-packet"
import { loadAside } from "../kernel/aside.ts"
import { unavailable } from "./faults.ts"
import type * as Library from "./library/dns.ts"

/** Where multicast DNS is spoken. */
export interface Place {
  /** Addresses of this machine, one for each of its networks. */
  addresses: readonly string[]
  /** Default: the one everybody uses. */
  port?: number
}

/** Multicast DNS on some networks. */
export interface Link {
  readonly addresses: readonly string[]
  /** Says in each network what is made for this machine's address there. */
  send(make: (address: string) => Packet): Promise<void>
  close(): Promise<void>
}

const group = "224.0.0.251"
const usualPort = 5353
/** RFC 6762 §17: no message is larger. */
const mostBytes = 9000

/**
 * Joins the networks; throws `discovery.unavailable` when none can be joined.
 * Each is spoken to from a socket of its own, and the first one hears them all.
 */
export const openLink = async (
  { addresses, port = usualPort }: Place,
  hear: (packet: Packet) => void,
  failed: (error: Error) => void = () => undefined,
): Promise<Link> => {
  const { decode, encode } = await loadAside<typeof Library>("discovery/library/dns")
  const sockets = new Map<string, Socket>()
  let reason = "this machine is in no network"
  for (const address of addresses)
    try {
      const socket = await bind(port)
      socket.on("error", failed)
      sockets.set(address, socket)
      socket.setMulticastInterface(address)
      socket.setMulticastTTL(255)
      socket.setMulticastLoopback(true)
      const [ear] = sockets.values()
      ear!.addMembership(group, address)
    } catch (error) {
      reason = (error as Error).message
      sockets.get(address)?.close()
      sockets.delete(address)
    }
  const [ear] = sockets.values()
  if (!ear) throw unavailable({ reason })

  ear.on("message", (bytes, from) => {
    // What was not sent from the port itself came from a program that is no responder, or from afar.
    if (from.port !== port || bytes.length > mostBytes) return
    let packet: Packet
    try {
      packet = decode(bytes)
    } catch {
      return // anyone may send anything here
    }
    hear(packet)
  })
  const say = (socket: Socket, packet: Packet) =>
    new Promise<void>((resolve, reject) =>
      socket.send(encode(packet), port, group, (error) => (error ? reject(error) : resolve())),
    ).catch(failed)
  return {
    addresses: [...sockets.keys()],
    async send(make) {
      await Promise.all([...sockets].map(([address, socket]) => say(socket, make(address))))
    },
    async close() {
      await Promise.all(
        [...sockets.values()].map(
          (socket) => new Promise<void>((done) => socket.close(() => done())),
        ),
      )
    },
  }
}

const bind = (port: number) => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = createSocket({ type: "udp4", reuseAddr: true })
  socket.once("error", reject)
  // A socket bound to one address hears no multicast.
  socket.bind(port, "0.0.0.0", () => {
    socket.off("error", reject)
    resolve(socket)
  })
  return promise
}
