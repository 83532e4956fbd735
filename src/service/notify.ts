import { dlopen, ptr } from "bun:ffi"

export interface Notifier {
  /** Sends one datagram; false when nobody takes it. */
  send(message: string): boolean
  /** The kernel's steady clock, by which systemd orders what it is told. */
  monotonicUs(): bigint
}

const unix = 1
const datagram = 2
const closeOnExec = 0o2000000
const noSignal = 0x4000
const steady = 1

/** glibc, then musl. */
const libraries = ["libc.so.6", "libc.so"]

const symbols = {
  socket: { args: ["int", "int", "int"], returns: "int" },
  clock_gettime: { args: ["int", "ptr"], returns: "int" },
  sendto: { args: ["int", "ptr", "usize", "int", "ptr", "u32"], returns: "i64" },
} as const

const openLibrary = () => {
  let problem: unknown
  for (const name of libraries)
    try {
      return dlopen(name, symbols).symbols
    } catch (error) {
      problem = error
    }
  throw problem
}

/**
 * Opens the way to systemd that `NOTIFY_SOCKET` names: a path, or `@` and an abstract name.
 * Unix datagrams are the one kind of socket that Bun has none of, so this asks libc.
 */
export const openNotifier = (socketName: string): Notifier => {
  const { socket, sendto, clock_gettime } = openLibrary()
  const fd = socket(unix, datagram | closeOnExec, 0)
  if (fd < 0) throw new Error("no unix datagram socket could be opened")
  const address = addressOf(socketName)
  return {
    send(message) {
      const bytes = Buffer.from(message)
      const sent = sendto(fd, ptr(bytes), bytes.length, noSignal, ptr(address), address.length)
      return Number(sent) === bytes.length
    },
    monotonicUs() {
      const time = new BigInt64Array(2)
      clock_gettime(steady, ptr(time))
      return time[0]! * 1_000_000n + time[1]! / 1000n
    },
  }
}

/** `struct sockaddr_un`: the family, then the path and a zero, or a zero and the abstract name. */
const addressOf = (name: string) => {
  const isAbstract = name.startsWith("@")
  const path = Buffer.from(isAbstract ? `\0${name.slice(1)}` : `${name}\0`)
  const family = Buffer.alloc(2)
  new Uint16Array(family.buffer, family.byteOffset, 1)[0] = unix
  return Buffer.concat([family, path])
}
