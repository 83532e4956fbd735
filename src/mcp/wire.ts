/** Where messages of the protocol (JSON-RPC 2.0) go out and come in. */

export type RequestId = number

/** A message of ours. */
export type Message =
  | { jsonrpc: "2.0"; id: RequestId; method: string; params?: object }
  | { jsonrpc: "2.0"; method: string; params?: object }
  /** The answer to a request of the server's, whose ids are its own. */
  | { jsonrpc: "2.0"; id: string | number; result: object }
  | { jsonrpc: "2.0"; id: string | number; error: { code: number; message: string } }

export interface Wire {
  /**
   * Hands a message over. Rejects where it cannot be, or where its answer can no longer come; what
   * `signal` ends is only the waiting.
   */
  send(message: Message, signal?: AbortSignal): Promise<void>
  /** The server has said hello: from now on it may speak unasked. */
  begun(protocol: string): void
  close(): Promise<void>
}

/** Who hears what comes in. */
export interface Hearing {
  /** Anything that was JSON. */
  receive(message: unknown): void
  /** A message was longer than is read; this is how it began. */
  tooLong(beginning: string): void
  /** Nothing comes any more. */
  closed(why: Error): void
}

/** Most bytes of one message. */
export const maxMessageBytes = 16 * 1024 * 1024

/** Cuts a stream of bytes into lines without their end; one that is too long is dropped. */
export const createLines = (
  most: number,
  line: (text: string) => void,
  tooLong: (beginning: string) => void,
) => {
  let parts: Uint8Array[] = []
  let length = 0
  let dropping = false
  const add = (part: Uint8Array) => {
    if (dropping) return
    length += part.length
    parts.push(part)
    if (length <= most) return
    dropping = true
    const beginning = decoded(parts).slice(0, 300)
    parts = []
    tooLong(beginning)
  }
  const end = () => {
    if (!dropping) line(decoded(parts).replace(/\r$/, ""))
    parts = []
    length = 0
    dropping = false
  }
  return (chunk: Uint8Array) => {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      add(chunk.subarray(from, at))
      end()
      from = at + 1
    }
    if (from < chunk.length) add(chunk.slice(from))
  }
}
const newline = 10

const decoded = (parts: readonly Uint8Array[]) => new TextDecoder().decode(Buffer.concat(parts))
