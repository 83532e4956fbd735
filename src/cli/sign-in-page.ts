/** Listens where a provider's page leads back to, on this machine alone. */
export interface Callback extends AsyncDisposable {
  /** Resolves with what the first address gave that `take` did not throw at. */
  readonly taken: Promise<unknown>
}

/**
 * `take` is handed each address that arrives. What does not belong to the sign-in is turned away and
 * waited past, so that no page can end it by guessing the port. Nothing when nobody can listen there.
 */
export const listenForCallback = (
  redirectUri: string,
  take: (address: string) => Promise<unknown>,
): Callback | undefined => {
  const wanted = new URL(redirectUri)
  if (!loopback.has(wanted.hostname) || wanted.protocol !== "http:" || !wanted.port)
    return undefined
  const { promise: taken, resolve } = Promise.withResolvers<unknown>()
  try {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: Number(wanted.port),
      development: false,
      async fetch(request) {
        const url = new URL(request.url)
        if (request.method !== "GET" || url.pathname !== wanted.pathname)
          return page("There is nothing here.", 404)
        try {
          resolve(await take(`${wanted.origin}${url.pathname}${url.search}`))
          return page("You are signed in. This window can be closed.", 200)
        } catch (error) {
          return page(`That did not work: ${(error as Error).message}`, 400)
        }
      },
    })
    return { taken, [Symbol.asyncDispose]: () => server.stop() }
  } catch {
    return undefined
  }
}

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"])

const page = (text: string, status: number) =>
  new Response(text, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  })
