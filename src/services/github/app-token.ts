import { createPrivateKey, sign } from "node:crypto"
import * as z from "zod"
import type { Clock } from "../../kernel/clock.ts"
import { notLetIn } from "../faults.ts"
import type { GitHubApp } from "./settings.ts"

/** Tokens of an installation last an hour; one this close to its end is not used any more. */
const marginMs = 2 * 60_000

const issued = z.object({ token: z.string().min(1), expires_at: z.iso.datetime({ offset: true }) })

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

/** What an app says of itself; good for nine minutes. */
export const appClaim = ({ id, privateKey }: GitHubApp, nowMs: number): string => {
  const seconds = Math.floor(nowMs / 1000)
  // A minute back: GitHub refuses a claim from a clock that is a little ahead of its own.
  const claim = { iat: seconds - 60, exp: seconds + 480, iss: id }
  const unsigned = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claim)}`
  // In a variable of the environment the line breaks are often written as \n.
  const pem = privateKey.replaceAll("\\n", "\n")
  try {
    const key = createPrivateKey(pem)
    return `${unsigned}.${sign("sha256", Buffer.from(unsigned), key).toString("base64url")}`
  } catch (error) {
    throw notLetIn(
      {
        label: "GitHub",
        id: "github",
        said: "services.github.app.privateKey is no private key in PEM",
      },
      error,
    )
  }
}

/** Gets tokens of an app's installation, each once. */
export const createAppTokens = (
  clock: Clock,
  exchange: (path: string, claim: string, signal: AbortSignal) => Promise<unknown>,
) => {
  let known: { app: GitHubApp; token: string; endsAt: number } | undefined
  return {
    async token(app: GitHubApp, signal: AbortSignal): Promise<string> {
      if (known && Bun.deepEquals(known.app, app) && known.endsAt - marginMs > clock.now())
        return known.token
      const path = `/app/installations/${app.installation}/access_tokens`
      const { token, expires_at } = issued.parse(
        await exchange(path, appClaim(app, clock.now()), signal),
      )
      known = { app, token, endsAt: Date.parse(expires_at) }
      return token
    },
    forget() {
      known = undefined
    },
  }
}
