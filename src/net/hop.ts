/** One request and its answer, to addresses that were judged. */
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http"
import type { LookupFunction } from "node:net"
import type { Transform } from "node:stream"
import { createBrotliDecompress, createUnzip, createZstdDecompress } from "node:zlib"
import { garbledBody, unreachable } from "./faults.ts"

export interface Address {
  address: string
  family: number
}

export interface Hop {
  url: URL
  method: string
  headers: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** The only addresses it may connect to. */
  addresses: readonly Address[]
  signal: AbortSignal
}

/** Sends it and resolves with the head of the answer. Reuses no connection, follows nothing, heeds no proxy. */
export const send = async (hop: Hop): Promise<IncomingMessage> => {
  const { url, method, headers, body, addresses, signal } = hop
  const { request } = await (url.protocol === "https:" ? import("node:https") : import("node:http"))
  const lookup: LookupFunction = (_host, options, answer) => {
    if (options.all) answer(null, [...addresses])
    else answer(null, addresses[0]!.address, addresses[0]!.family)
  }
  const options: RequestOptions = {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-length": lengthOf(body) }) },
    lookup,
    agent: false,
    signal,
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const call = request(url, options, resolve)
  call.on("error", (error) => reject(signal.aborted ? signal.reason : broken(url, error)))
  call.end(body)
  return promise
}

const lengthOf = (body: string | Uint8Array) => `${Buffer.byteLength(body)}`

/** Reads a body up to `maxBytes`, unpacked; what is longer is cut and the connection closed. */
export const readBody = async (
  answer: IncomingMessage,
  { url, maxBytes, signal }: { url: URL; maxBytes: number; signal: AbortSignal },
): Promise<{ body: Uint8Array; cut: boolean }> => {
  const chunks: Uint8Array[] = []
  let room = maxBytes
  const unpack = unpacker(answer.headers["content-encoding"])
  const source = unpack ? answer.pipe(unpack) : answer
  // A break of the connection must reach whoever reads the unpacked bytes.
  if (unpack) answer.on("error", (error) => unpack.destroy(error))
  const stop = () => source.destroy(signal.reason as Error)
  signal.addEventListener("abort", stop, { once: true })
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      chunks.push(chunk.length <= room ? chunk : chunk.subarray(0, room))
      room -= chunk.length
      if (room < 0) break
    }
    return { body: Buffer.concat(chunks), cut: room < 0 }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    const { code = "" } = error as NodeJS.ErrnoException
    throw /^(Z_|ERR_|ZSTD)/.test(code) && unpack
      ? garbledBody({ host: url.host })
      : broken(url, error)
  } finally {
    signal.removeEventListener("abort", stop)
    answer.destroy()
  }
}

const unpacker = (encoding = ""): Transform | undefined => {
  switch (encoding.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
    case "deflate":
      return createUnzip()
    case "br":
      return createBrotliDecompress()
    case "zstd":
      return createZstdDecompress()
  }
  return undefined
}

const broken = (url: URL, error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException
  return unreachable({ host: url.host, reason: reasons[code ?? ""] ?? message }, error)
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "it refuses connections",
  ECONNRESET: "it closed the connection",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no network",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by nobody known",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody known",
  CERT_HAS_EXPIRED: "its certificate has expired",
}

export const toHeaders = (raw: IncomingHttpHeaders): Headers => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) headers.append(name, one)
  return headers
}
