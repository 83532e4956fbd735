/** Connections that carry one exchange after another. */
import { isIP } from "node:net"
import { checkServerIdentity } from "node:tls"

export interface Place {
  host: string
  port: number
  secure: boolean
  /** Where it is, when that was looked up and judged; default: where the system says. */
  addresses?: readonly string[]
}

export interface Trust {
  /** Certificates, as PEM, of those who may vouch for others; default: the system's. */
  ca?: string
}

/** Who is at the near end of a connection at the moment. */
export interface Carried {
  data(bytes: Uint8Array): void
  /** There is room for more of the request. */
  drain(): void
  closed(): void
}

export interface Wire {
  socket: Bun.Socket
  place: Place
  carried?: Carried
  /** Carried an exchange before, so the other end may have given it up. */
  used: boolean
}

/** About as long as people think between two messages. Most servers give up sooner, and may. */
const idleSeconds = 200
const mostIdle = 32

export const createConnections = ({ ca }: Trust = {}) => {
  const idle = new Map<string, Wire[]>()

  const forget = (wire: Wire) => {
    const name = nameOf(wire.place)
    const left = (idle.get(name) ?? []).filter((one) => one !== wire)
    if (left.length) idle.set(name, left)
    else idle.delete(name)
  }

  /** Opens one to the first of its addresses that takes it. */
  const open = async (place: Place, signal: AbortSignal): Promise<Wire> => {
    const [first = place.host, ...others] = place.addresses ?? []
    let attempt = openTo(first, place, signal)
    for (const other of others) attempt = attempt.catch(() => openTo(other, place, signal))
    return attempt
  }

  const openTo = async (hostname: string, place: Place, signal: AbortSignal): Promise<Wire> => {
    signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Wire>()
    const stop = () => reject(signal.reason)
    signal.addEventListener("abort", stop, { once: true })
    let wire: Wire | undefined
    const ready = (socket: Bun.Socket) => {
      if (signal.aborted) return socket.terminate()
      wire = { socket, place, used: false }
      resolve(wire)
    }
    const { host, port, secure } = place
    Bun.connect({
      hostname,
      port,
      tls: secure && { ca, rejectUnauthorized: true, ...(!isIP(host) && { serverName: host }) },
      socket: {
        binaryType: "uint8array",
        open(socket) {
          if (!secure) ready(socket)
        },
        handshake(socket, isTrusted, error) {
          const wrong = isTrusted
            ? checkServerIdentity(host, socket.getPeerCertificate())
            : (error ?? cut())
          if (!wrong) return ready(socket)
          reject(wrong)
          socket.terminate()
        },
        data(socket, bytes) {
          // Nobody asked for anything.
          if (!wire?.carried) return socket.terminate()
          wire.carried.data(bytes)
        },
        drain: () => wire?.carried?.drain(),
        timeout: (socket) => void socket.terminate(),
        close() {
          reject(cut())
          if (!wire) return
          forget(wire)
          wire.carried?.closed()
        },
        connectError: (_, error) => reject(error),
        // Told of by `close`, which follows.
        error() {},
      },
    }).catch(reject)
    try {
      return await promise
    } finally {
      signal.removeEventListener("abort", stop)
    }
  }

  return {
    /** One that is open already, or a new one. */
    async take(place: Place, signal: AbortSignal): Promise<Wire> {
      const wire = idle.get(nameOf(place))?.at(-1)
      if (!wire) return open(place, signal)
      forget(wire)
      wire.used = true
      wire.socket.ref()
      wire.socket.timeout(0)
      return wire
    },
    /** For the next exchange at the same place. */
    keep(wire: Wire) {
      wire.carried = undefined
      const waiting = idle.getOrInsertComputed(nameOf(wire.place), () => [])
      if (waiting.length >= mostIdle) return void wire.socket.end()
      waiting.push(wire)
      wire.socket.resume()
      wire.socket.timeout(idleSeconds)
      wire.socket.unref()
    },
  }
}

const nameOf = ({ host, port, secure, addresses = [] }: Place) =>
  [secure, host, port, ...addresses].join(" ")

export const cut = () =>
  Object.assign(new Error("The connection was closed."), { code: "ConnectionClosed" })
