import * as z from "zod"
import { clientIds, clientModes } from "../client/wire.ts"
import { badFrame } from "./faults.ts"

/** What goes over the socket before and after sign-in, in bytes. */
export const limits = {
  handshakeFrame: 64 * 1024,
  frame: 26_214_400,
  buffered: 52_428_800,
  handshakeMs: 15_000,
  tickMs: 15_000,
} as const

const requestFrame = z.strictObject({
  type: z.literal("req"),
  id: z.string().min(1).max(256),
  method: z.string().min(1).max(128),
  params: z.unknown().optional(),
})

const word = (longest: number) => z.string().max(longest)
const lower = z
  .string()
  .max(64)
  .transform((text) => text.trim().toLowerCase())

export const connectParams = z.strictObject({
  minProtocol: z.int().min(1),
  maxProtocol: z.int().min(1),
  client: z.strictObject({
    id: lower.pipe(z.enum(clientIds)),
    displayName: word(128).optional(),
    version: word(64),
    platform: word(64),
    deviceFamily: word(64).optional(),
    modelIdentifier: word(128).optional(),
    mode: lower.pipe(z.enum(clientModes)),
    instanceId: word(128).optional(),
  }),
  role: z.string().max(32).optional(),
  scopes: z.array(word(64)).max(64).optional(),
  caps: z.array(word(64)).max(64).optional(),
  commands: z.array(word(128)).max(512).optional(),
  permissions: z.record(word(128), z.boolean()).optional(),
  pathEnv: word(8192).optional(),
  device: z
    .strictObject({
      id: word(128),
      publicKey: word(512),
      signature: word(256),
      signedAt: z.int().min(0),
      nonce: word(128),
    })
    .optional(),
  auth: z
    .strictObject({
      token: word(4096).optional(),
      deviceToken: word(4096).optional(),
      bootstrapToken: word(4096).optional(),
      password: word(4096).optional(),
    })
    .optional(),
  locale: word(64).optional(),
  userAgent: word(512).optional(),
})

/** The first thing wrong with a value, as `at <path>: <issue>`. */
export const firstIssue = (error: z.ZodError): string => {
  const [issue] = error.issues
  if (!issue) return "it does not fit"
  const at = issue.path.length ? issue.path.join(".") : "root"
  if (issue.code === "unrecognized_keys")
    return `at ${at}: unexpected property '${issue.keys[0]?.slice(0, 64)}'`
  return `at ${at}: ${issue.message.slice(0, 300)}`
}

/** The id of a frame that does not fit otherwise, so that its sender can match the error. */
export const idOf = (raw: string | Buffer): string => {
  try {
    const { id } = JSON.parse(String(raw)) as { id?: unknown }
    return typeof id === "string" && id && id.length <= 256 ? id : "invalid"
  } catch {
    return "invalid"
  }
}

/** Reads a request frame, or gives the fault that says why it is none. */
export const parseFrame = (raw: string | Buffer) => {
  let value: unknown
  try {
    value = JSON.parse(typeof raw === "string" ? raw : "")
  } catch {
    return badFrame({ issue: "it is not one JSON object in a text frame" })
  }
  const frame = requestFrame.safeParse(value)
  return frame.success ? frame.data : badFrame({ issue: firstIssue(frame.error) })
}

export const responseText = (id: string, payload: string) =>
  `{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${payload}}`

export const errorText = (id: string, error: unknown) =>
  `{"type":"res","id":${JSON.stringify(id)},"ok":false,"error":${JSON.stringify(error)}}`
