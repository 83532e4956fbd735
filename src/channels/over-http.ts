/** What adapters that speak HTTP have in common. */
import { connectionOver } from "../kernel/network.ts"

/** The proxy's address, which may hold a password and so is judged only where it is used. */
export const proxyOf = (label: string, proxy: string | undefined) => {
  const written = proxy?.trim()
  if (!written) return undefined
  const protocol = URL.parse(written)?.protocol
  if (protocol === "http:" || protocol === "https:") return written
  throw connectionOver({
    why: "credentials",
    text: `The proxy on the way to ${label} is not an HTTP proxy.`,
    hint: "Write it as http://user:password@host:port.",
  })
}

/** A connection that never came to be, with what to look at where nothing left this machine. */
export const notReached = ({ kind, message: text }: { kind: string; message: string }) =>
  connectionOver({
    why: "gone",
    text,
    ...(kind === "offline" && {
      hint: "Check this machine's way to the internet, and apiRoot and proxy where they are set.",
    }),
  })

const neverLeft = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"])

/** Whether a request of which `fetch` threw this may have reached the other side. */
export const hadLeft = (error: unknown) =>
  !(error instanceof Error && "code" in error && neverLeft.has(String(error.code)))

/** What ended a connection, as whoever keeps it knows it. */
export const asOver = (error: unknown) =>
  connectionOver.is(error)
    ? error
    : connectionOver(
        { why: "gone", text: error instanceof Error ? error.message : String(error) },
        error,
      )

/** The bytes of an answer; undefined when there are more than `most`. */
export const readAtMost = async (response: Response, most: number) => {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength
    if (bytes > most) return undefined
    pieces.push(piece)
  }
  return new Uint8Array(Buffer.concat(pieces))
}
