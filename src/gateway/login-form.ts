import * as z from "zod"
import type { Clock } from "../kernel/clock.ts"
import { signInUnreadable, tokenNotGiven } from "./faults.ts"
import { readBody } from "./read-body.ts"

/** What somebody sends to sign in. */
export interface SignIn {
  token: string
  /** Set when the page's form was sent, without a script: where to go then. */
  form?: { to: string }
}

const bodyLimit = { most: 8 * 1024, withinMs: 10_000 }
const jsonSignIn = z.object({ token: z.string() })

/** Reads a sign-in. `text/plain`, which any page may send anywhere, is none. */
export const readSignIn = async (request: Request, clock: Clock): Promise<SignIn> => {
  const type = request.headers.get("content-type")?.split(";", 1)[0]!.trim().toLowerCase()
  const isForm = type === "application/x-www-form-urlencoded"
  if (!isForm && type !== "application/json") throw signInUnreadable()
  const text = (await readBody(request, { ...bodyLimit, clock })).toString("utf8")
  if (!isForm) return { token: tokenIn(readJson(text).token) }
  const fields = new URLSearchParams(text)
  return { token: tokenIn(fields.get("token") ?? ""), form: { to: fields.get("to") ?? "" } }
}

const readJson = (text: string) => {
  try {
    return jsonSignIn.parse(JSON.parse(text))
  } catch (error) {
    throw tokenNotGiven(undefined, error)
  }
}

/** People paste the whole link as often as the token in it. */
const tokenIn = (text: string) => {
  const linked = /#token=([^&\s]+)/.exec(text)?.[1]
  try {
    return linked ? decodeURIComponent(linked) : text.trim()
  } catch {
    return text.trim()
  }
}

/** A path of the Control UI to go to, or else its start: never another site's address. */
export const ownPath = (to: string, home: string) => {
  const base = "http://page.invalid"
  const url = URL.canParse(to, base) ? new URL(to, base) : undefined
  const isOwn =
    url?.origin === base && url.pathname.startsWith(home) && !url.pathname.startsWith("//")
  return isOwn ? url.pathname + url.search : home
}
