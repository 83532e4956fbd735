/** Reads an HTTP/1.1 answer (RFC 9112) as it comes, and refuses what could be read in two ways. */

export interface AnswerHead {
  status: number
  statusText: string
  headers: Headers
}

/** What came is no answer to be trusted. `code` is Bun's own for it. */
export class GarbledAnswer extends Error {
  readonly code = "Malformed_HTTP_Response"
}

const mostOfHead = 32 * 1024
const mostOfLine = 1024

type Phase = "head" | "until-close" | "sized" | "size" | "chunk" | "chunk-end" | "trailers" | "done"

export class AnswerReader {
  /** Once it is whole. */
  head: AnswerHead | undefined
  /** Whether the connection can carry another exchange when this one is done. */
  reusable = false
  #phase: Phase = "head"
  /** The beginning of a head or line whose end has yet to come. */
  #held: Uint8Array = nothing
  /** Of a body of known length, or of a chunk. */
  #left = 0
  #trailers = 0

  get done() {
    return this.#phase === "done"
  }

  /** Takes what came and gives what it holds of the body. */
  read(bytes: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = []
    let rest = this.#held.length ? Buffer.concat([this.#held, bytes]) : bytes
    this.#held = nothing
    while (rest.length && !this.done) rest = this.#step(rest, pieces)
    // Bytes that nobody asked for may be meant as the answer to the next request.
    if (rest.length) this.reusable = false
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
  }

  /** The connection ended. */
  end() {
    if (this.#phase === "until-close") this.#phase = "done"
    if (!this.done) throw new GarbledAnswer("the connection ended before the answer did")
  }

  #step(rest: Uint8Array, pieces: Uint8Array[]): Uint8Array {
    switch (this.#phase) {
      case "head": {
        const text = this.#until("\r\n\r\n", rest, mostOfHead)
        if (text === undefined) return nothing
        this.#readHead(text)
        return rest.subarray(text.length + 4)
      }
      case "size": {
        const line = this.#until("\r\n", rest, mostOfLine)
        if (line === undefined) return nothing
        const size = /^([0-9a-f]{1,12})[\t ]*(?:;[\t -~]*)?$/i.exec(line)?.[1]
        if (size === undefined) throw new GarbledAnswer("a chunk has no readable size")
        this.#left = parseInt(size, 16)
        this.#phase = this.#left ? "chunk" : "trailers"
        return rest.subarray(line.length + 2)
      }
      case "chunk-end": {
        const line = this.#until("\r\n", rest, 2)
        if (line === undefined) return nothing
        if (line) throw new GarbledAnswer("a chunk is longer than it says")
        this.#phase = "size"
        return rest.subarray(2)
      }
      case "trailers": {
        const line = this.#until("\r\n", rest, mostOfLine)
        if (line === undefined) return nothing
        if ((this.#trailers += line.length) > mostOfHead)
          throw new GarbledAnswer("its trailers do not end")
        if (!line) this.#phase = "done"
        return rest.subarray(line.length + 2)
      }
      case "until-close":
        pieces.push(rest)
        return nothing
      default: {
        const piece = rest.subarray(0, this.#left)
        pieces.push(piece)
        this.#left -= piece.length
        if (!this.#left) this.#phase = this.#phase === "sized" ? "done" : "chunk-end"
        return rest.subarray(piece.length)
      }
    }
  }

  /** The text before `mark`; without one, what is there is kept for the next time. */
  #until(mark: string, bytes: Uint8Array, most: number): string | undefined {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const at = buffer.indexOf(mark, 0, "latin1")
    if (at > most || (at < 0 && bytes.length >= most + mark.length))
      throw new GarbledAnswer("a line of its answer does not end")
    if (at >= 0) return buffer.toString("latin1", 0, at)
    this.#held = bytes
    return undefined
  }

  #readHead(text: string) {
    const [first, ...lines] = text.split("\r\n")
    const [, minor, code, statusText = ""] =
      /^HTTP\/1\.([01]) ([1-5]\d\d)(?: ([\t -~\x80-\xff]*))?$/.exec(first!) ?? []
    const status = Number(code)
    if (!code || status === 101) throw new GarbledAnswer("its answer is not HTTP/1.1")
    const headers = new Headers()
    for (const line of lines) {
      const [, name, value] =
        /^([\w!#$%&'*+.^`|~-]+):[\t ]*([\t -~\x80-\xff]*?)[\t ]*$/.exec(line) ?? []
      if (!name) throw new GarbledAnswer("a header of its answer cannot be read")
      headers.append(name, value!)
    }
    // Word that the answer is on its way.
    if (status < 200) return
    this.head = { status, statusText, headers }
    this.#phase = this.#framing(status, headers)
    this.reusable =
      minor === "1" &&
      this.#phase !== "until-close" &&
      !/\bclose\b/i.test(headers.get("connection") ?? "")
  }

  /** Two lengths, or one of them in doubt, is how an answer is made to hold another. */
  #framing(status: number, headers: Headers): Phase {
    const coding = headers.get("transfer-encoding")
    const length = headers.get("content-length")
    if (coding !== null) {
      if (coding.toLowerCase() !== "chunked" || length !== null)
        throw new GarbledAnswer("the length of its answer is in doubt")
      return hasNoBody(status) ? "done" : "size"
    }
    if (length === null) return hasNoBody(status) ? "done" : "until-close"
    if (!/^\d{1,15}$/.test(length)) throw new GarbledAnswer("the length of its answer is in doubt")
    this.#left = Number(length)
    return this.#left && !hasNoBody(status) ? "sized" : "done"
  }
}

export const hasNoBody = (status: number) => status === 204 || status === 304

const nothing = new Uint8Array()
