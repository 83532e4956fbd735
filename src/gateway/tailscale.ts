import { accessSync, constants } from "node:fs"
import { isIP } from "node:net"
import { delimiter, isAbsolute, join } from "node:path"
import * as z from "zod"
import type { Env } from "../config/paths.ts"
import { isLoopback } from "./locality.ts"

/** What Tailscale Serve says of a request it brings: who, from which address of the tailnet. */
export interface ServeClaim {
  login: string
  address: string
}

export type ServeFailure =
  | "tailscaleUserMissing"
  | "tailscaleProxyMissing"
  | "tailscaleWhoisFailed"
  | "tailscaleUserMismatch"

/**
 * Reads Serve's headers. Undefined when a request did not come by Serve at all. Only tailscaled,
 * on this machine, sends all of them; whether they are true `whois` tells (contract 08 §5).
 */
export const serveClaim = (
  peer: string,
  headers: Headers,
): ServeClaim | ServeFailure | undefined => {
  const login = headers.get("tailscale-user-login")?.trim()
  const address = headers.get("x-forwarded-for")?.trim() ?? ""
  const isServe =
    isLoopback(peer) &&
    isIP(address) !== 0 &&
    ["x-forwarded-proto", "x-forwarded-host"].every((name) => headers.get(name))
  if (login) return isServe ? { login, address } : "tailscaleProxyMissing"
  // What a tagged device brings has no user.
  return isServe ? "tailscaleUserMissing" : undefined
}

const fixedFolders = [
  "/usr/bin",
  "/usr/local/bin",
  "/usr/sbin",
  "/opt/homebrew/bin",
  "/Applications/Tailscale.app/Contents/MacOS",
]

/** The `tailscale` program: on the gateway's own PATH, or where it is usually installed. */
export const findTailscale = ({ PATH = "" }: Env) =>
  [...PATH.split(delimiter), ...fixedFolders]
    .filter(isAbsolute)
    .flatMap((folder) => [join(folder, "tailscale"), join(folder, "Tailscale")])
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

const answer = z.object({ UserProfile: z.object({ LoginName: z.string().min(1) }) })
const patienceMs = 3_000
/** Programs started at once; who comes by more is not believed for now. */
const mostAtOnce = 4

/** Asks tailscaled who has an address; undefined when nobody it knows, or when it cannot be asked. */
export const createWhois = (env: Env) => {
  const underWay = new Map<string, Promise<string | undefined>>()

  const ask = async (address: string) => {
    const program = findTailscale(env)
    if (!program) return undefined
    const child = Bun.spawn([program, "whois", "--json", address], {
      env: { HOME: env.HOME, PATH: env.PATH },
      stdin: "ignore",
      stderr: "ignore",
      timeout: patienceMs,
      maxBuffer: 1024 * 1024,
    })
    const text = await new Response(child.stdout).text()
    if ((await child.exited) !== 0) return undefined
    return answer.parse(JSON.parse(text)).UserProfile.LoginName
  }

  return (address: string): Promise<string | undefined> => {
    const known = underWay.get(address)
    if (known) return known
    if (underWay.size >= mostAtOnce) return Promise.resolve(undefined)
    const asked = ask(address)
      .catch(() => undefined)
      .finally(() => underWay.delete(address))
    underWay.set(address, asked)
    return asked
  }
}
export type Whois = ReturnType<typeof createWhois>

/** Undefined when the claim is true, else why it is not believed. */
export const checkClaim = async (
  { login, address }: ServeClaim,
  whois: Whois,
): Promise<ServeFailure | undefined> => {
  const known = await whois(address)
  if (known === undefined) return "tailscaleWhoisFailed"
  return known === login ? undefined : "tailscaleUserMismatch"
}
