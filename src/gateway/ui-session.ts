import { createHmac, hkdfSync, randomBytes } from "node:crypto"
import type { Clock } from "../kernel/clock.ts"
import { fromOwnPage } from "./own-page.ts"
import type { UiSessionStore } from "./store.ts"

/** A browser that showed the gateway's token once, and holds a cookie instead. */
export interface UiSession {
  /** The cookie's value, hashed: names the session and lets nobody in. */
  id: string
  createdAt: number
  seenAt: number
}

export const sessionCookie = "fased_ui_session"

const hourMs = 3_600_000
const idleMs = 12 * hourMs
const longestMs = 30 * 24 * hourMs
/** Browsers signed in at once; one more signs out the one not seen for longest. */
const most = 256

/** Sign-ins of browsers, as the server recorded them. Empty unless the gateway asks for a token. */
export const createUiSessions = async ({
  store,
  clock,
  token,
}: {
  store: UiSessionStore
  clock: Clock
  /** The gateway's token, undefined when it asks for something else. */
  token: () => string | undefined
}) => {
  const sessions = new Map((await store.all()).map((session) => [session.id, session]))
  const touched = new Set<UiSession>()

  const isOver = ({ createdAt, seenAt }: UiSession) =>
    clock.now() >= Math.min(seenAt + idleMs, createdAt + longestMs)

  const touch = (session: UiSession) => {
    session.seenAt = clock.now()
    touched.add(session)
  }

  const remove = async (ids: readonly string[]) => {
    for (const id of ids) sessions.delete(id)
    if (ids.length) await store.remove(ids)
  }

  const makeRoom = async () => {
    const oldest = [...sessions.values()].toSorted((a, b) => a.seenAt - b.seenAt)
    await remove(oldest.slice(0, Math.max(0, oldest.length - most)).map(({ id }) => id))
  }

  return {
    /** False when there is no token a browser could show. */
    get offered() {
      return token() !== undefined
    },

    /** The session a request's cookie stands for; none when another site's page sent it. */
    of({ headers }: Pick<Request, "headers">): UiSession | undefined {
      const secret = token()
      if (secret === undefined || !fromOwnPage(headers)) return undefined
      for (const value of cookieValues(headers.get("cookie"))) {
        const session = sessions.get(idOf(value, secret))
        if (!session || isOver(session)) continue
        touch(session)
        return session
      }
      return undefined
    },

    /** For a browser that just showed the token. Gives what its cookie is to hold. */
    async begin(): Promise<string> {
      const secret = token()
      if (secret === undefined) throw new Error("no token to sign in with")
      const value = randomBytes(32).toString("base64url")
      const now = clock.now()
      const session = { id: idOf(value, secret), createdAt: now, seenAt: now }
      await store.save([session])
      sessions.set(session.id, session)
      await makeRoom()
      return value
    },

    end: (id: string) => remove([id]),

    /** When the token changed. The old one's sessions are found no more in any case. */
    endAll: () => remove([...sessions.keys()]),

    /**
     * Writes down who was seen, and forgets whose time is over. Sessions with an open page count
     * as seen. Gives those that are still valid.
     */
    async sweep(open: ReadonlySet<string>): Promise<ReadonlySet<string>> {
      for (const id of open) {
        const session = sessions.get(id)
        if (session && !isOver(session)) touch(session)
      }
      await remove([...sessions.values()].filter(isOver).map(({ id }) => id))
      const seen = [...touched].filter(({ id }) => sessions.has(id))
      touched.clear()
      if (seen.length) await store.save(seen)
      return new Set(sessions.keys())
    },
  }
}
export type UiSessions = Awaited<ReturnType<typeof createUiSessions>>

/** How long the browser keeps the cookie; the server decides whether it still means anything. */
export const cookieSeconds = longestMs / 1000

/** Made with the token as well: under another token no old cookie leads anywhere, whoever restored which file. */
const idOf = (value: string, token: string) =>
  createHmac("sha256", Buffer.from(hkdfSync("sha256", token, "", "fased ui session", 32)))
    .update(value)
    .digest("base64url")

/** A sibling site can add cookies of that name, so each is looked at, within reason. */
const cookieValues = (header: string | null) =>
  (header ?? "")
    .split(";", 64)
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${sessionCookie}=`))
    .map((pair) => pair.slice(sessionCookie.length + 1))
    .filter((value) => /^[\w-]{43}$/.test(value))
    .slice(0, 4)
