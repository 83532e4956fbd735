import type { WireError } from "../kernel/fault.ts"

/** What the gateway said to a token: it gave a session, refused the token, or cannot say for now. */
export type Exchange =
  { kind: "signed-in" } | { kind: "refused" | "unavailable"; error: WireError | undefined }

/** Beside this page's files, whatever path they are under. */
const address = () => new URL("__fased__/session", import.meta.url)

const send = async (method: string, body?: object) => {
  const response = await fetch(address(), {
    method,
    headers: { accept: "application/json", ...(body && { "content-type": "application/json" }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer = (await response.json().catch(() => ({}))) as {
    ok?: boolean
    signedIn?: boolean
    error?: WireError
  }
  return { status: response.status, ...answer }
}

/** Gives the token up for a cookie that no script can read. */
export const exchange = async (token: string): Promise<Exchange> => {
  try {
    const { ok, status, error } = await send("POST", { token })
    if (ok) return { kind: "signed-in" }
    return { kind: status === 401 ? "refused" : "unavailable", error }
  } catch {
    return { kind: "unavailable", error: undefined }
  }
}

export const isSignedIn = () =>
  send("GET").then(
    ({ signedIn }) => signedIn === true,
    () => false,
  )

/** Ends this browser's session. Rejects when the gateway could not be told. */
export const endSession = async () => {
  const { ok, status } = await send("DELETE")
  // Where there is no such address there is no session either.
  if (!ok && status !== 404) throw new Error(`the gateway answered ${status}`)
}
