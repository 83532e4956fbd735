import { testToken } from "./gateway.ts"

/** Any frame a gateway sends. */
export interface Frame {
  type: string
  id?: string
  ok?: boolean
  event?: string
  seq?: number
  stateVersion?: { presence: number; health: number }
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
  payload?: any
  // oxlint-disable-next-line typescript/no-explicit-any -- the same
  error?: any
}

export interface RawSocket extends AsyncDisposable {
  /** What has come so far, the challenge first. */
  readonly frames: readonly Frame[]
  readonly nonce: string
  /** Sends an object as JSON, text and bytes as they are. */
  send(frame: object | string | Uint8Array<ArrayBuffer>): void
  /** The first frame, of those to come or already there, that fits; null when the socket closes first. */
  until(fits: (frame: Frame) => boolean): Promise<Frame | null>
  /** The next event of that name after the ones seen so far. */
  next(event: string): Promise<Frame>
  /** Sends a request and gives its response; null when the socket closes instead. */
  request(method: string, params?: unknown): Promise<Frame | null>
  /** How the server closed it. */
  readonly closed: Promise<{ code: number; reason: string }>
  close(): void
}

/** A WebSocket that says just what it is told, after it was greeted. */
export const rawSocket = async (
  url: string,
  headers: Record<string, string> = {},
): Promise<RawSocket> => {
  const tls = { rejectUnauthorized: false }
  const socket = new WebSocket(url, { headers, tls } as unknown as string[])
  socket.binaryType = "arraybuffer"
  const frames: Frame[] = []
  const watchers = new Set<() => void>()
  const closed = Promise.withResolvers<{ code: number; reason: string }>()
  let isClosed = false
  let ids = 0
  const look = () => watchers.forEach((watch) => watch())
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(String(data)) as Frame)
    look()
  }
  socket.onclose = ({ code, reason }) => {
    isClosed = true
    closed.resolve({ code, reason })
    look()
  }
  const from = (start: number, fits: (frame: Frame) => boolean) =>
    new Promise<Frame | null>((resolve) => {
      const watch = () => {
        const found = frames.slice(start).find(fits)
        if (!found && !isClosed) return
        watchers.delete(watch)
        resolve(found ?? null)
      }
      watchers.add(watch)
      watch()
    })
  const send = (frame: object | string | Uint8Array<ArrayBuffer>) => {
    const isRaw = typeof frame === "string" || frame instanceof Uint8Array
    socket.send(isRaw ? frame : JSON.stringify(frame))
  }
  const challenge = await from(0, ({ event }) => event === "connect.challenge")
  if (!challenge) throw new Error(`not greeted: ${JSON.stringify(await closed.promise)}`)
  return {
    frames,
    nonce: challenge.payload.nonce as string,
    send,
    until: (fits) => from(0, fits),
    async next(event) {
      const frame = await from(frames.length, (one) => one.event === event)
      if (!frame) throw new Error(`closed before ${event}`)
      return frame
    },
    request(method, params) {
      const id = `raw-${++ids}`
      const start = frames.length
      send({ type: "req", id, method, ...(params !== undefined && { params }) })
      return from(start, (frame) => frame.type === "res" && frame.id === id)
    },
    closed: closed.promise,
    close: () => socket.close(),
    async [Symbol.asyncDispose]() {
      socket.close()
      await closed.promise
    },
  }
}

/** What a plain client sends; every field can be replaced, `undefined` leaves it out. */
export const connectWith = (more: Record<string, unknown> = {}) => ({
  minProtocol: 3,
  maxProtocol: 4,
  client: { id: "test", version: "1", platform: "linux", mode: "test" },
  scopes: ["operator.admin"],
  auth: { token: testToken },
  ...more,
})

export interface Attempt extends RawSocket {
  /** The answer to `connect`; null when the gateway only closed. */
  answer: Frame | null
}

/** Opens a socket and sends one `connect`, made for its nonce where it is a function. */
export const attempt = async (
  url: string,
  params: object | ((nonce: string) => object) = connectWith(),
  headers?: Record<string, string>,
): Promise<Attempt> => {
  const socket = await rawSocket(url, headers)
  const answer = await socket.request(
    "connect",
    typeof params === "function" ? params(socket.nonce) : params,
  )
  return { ...socket, answer }
}

/** How a gateway turned a client away, in the few words a table can hold. */
export const refusalOf = async ({ answer, closed }: Attempt) => {
  if (answer?.ok) return "let in"
  const { code, details } = answer?.error ?? {}
  return `${code} ${details?.code} ${(await closed).code}`
}
