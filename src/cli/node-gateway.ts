import { hostname } from "node:os"
import { z } from "zod"
import { badSetupCode } from "../node-host/faults.ts"
import { keepRecord, type NodeRecord, readRecord } from "../node-host/record.ts"
import { portNumber } from "./arguments.ts"
import type { Context } from "./command.ts"
import { withCredentials } from "./credentials.ts"
import { usage } from "./faults.ts"
import { findTarget } from "./gateway-client.ts"

/** Which gateway this machine is to be a node of, and how it gets in the first time. */
export const nodeFlags = {
  host: { type: "string", valueHint: "host", description: "The gateway's name or address" },
  port: { type: "string", valueHint: "port", description: "Its port (default 18789)" },
  tls: { type: "boolean", description: "It serves TLS (wss://)" },
  "tls-fingerprint": {
    type: "string",
    valueHint: "sha256",
    description: "The one certificate it may show",
  },
  "setup-code": {
    type: "string",
    valueHint: "code",
    description: "Made there by: fased qr --role node --setup-code-only",
  },
  token: { type: "string", valueHint: "token", description: "The gateway's token, to ask with" },
  "allow-plaintext": {
    type: "boolean",
    description: "Let it be ws:// in a private network: all of it crosses unencrypted",
  },
  "display-name": { type: "string", valueHint: "name", description: "What this node is called" },
} as const

export interface NodeArgs {
  host?: string
  port?: string
  tls?: boolean
  "tls-fingerprint"?: string
  "setup-code"?: string
  token?: string
  "allow-plaintext"?: boolean
  "display-name"?: string
}

/** How this node gets in until it has a token of its own. */
export interface WayIn {
  token?: string
  bootstrapToken?: string
}

const setupCode = z.object({ url: z.string(), bootstrapToken: z.string() })

/**
 * Reads the flags and fills up from last time. `keep` has what they say hold the next time: for once
 * that gateway has let this machine in, so that a slip of the pen parts it from none.
 */
export const nodeGateway = async (
  args: NodeArgs,
  context: Context,
): Promise<{ record: NodeRecord; keep: () => void } & WayIn> => {
  const { paths } = context
  const known = readRecord(paths.state)
  const found = await chosen(args, known, context)
  const displayName = (args["display-name"] ?? known?.displayName ?? hostname()).slice(0, 128)
  const record = { version: 1 as const, displayName, gateway: found.gateway }
  const keep = () => {
    if (!Bun.deepEquals(record, known)) keepRecord(paths.state, record)
  }
  return { ...found, record, keep }
}

const chosen = async (
  args: NodeArgs,
  known: NodeRecord | null,
  context: Context,
): Promise<{ gateway: NodeRecord["gateway"] } & WayIn> => {
  const { host, token, tls } = args
  const pin = args["tls-fingerprint"]
  const trust = {
    ...(pin !== undefined && { tlsFingerprint: pin }),
    ...(args["allow-plaintext"] && { allowPlaintext: true as const }),
  }
  if (args["setup-code"]) {
    if (host)
      throw usage({
        problem: "--setup-code and --host were both given.",
        hint: "The code names its gateway.",
      })
    const { url, bootstrapToken } = readSetupCode(args["setup-code"])
    return { gateway: { url, ...trust }, bootstrapToken }
  }
  if (host) {
    const scheme = tls || pin !== undefined ? "wss" : "ws"
    const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host
    const url = `${scheme}://${name}:${portNumber(args.port) ?? 18_789}`
    return { gateway: { url, ...trust }, token }
  }
  const target = findTarget({ port: args.port }, context)
  const isOwn = !known || known.gateway.url === target.url
  if (!isOwn) return { gateway: { ...known.gateway, ...trust }, token }
  // The gateway this machine's own commands use.
  const { url, tlsFingerprint } = target
  const shared = token ?? (await withCredentials(target, context)).token
  const own = tlsFingerprint === undefined ? {} : { tlsFingerprint }
  return { gateway: { url, ...own, ...trust }, token: shared }
}

const readSetupCode = (text: string) => {
  try {
    return setupCode.parse(JSON.parse(Buffer.from(text.trim(), "base64url").toString()))
  } catch (error) {
    throw badSetupCode(undefined, error)
  }
}
