import type { z } from "zod"
import type { WireError } from "../kernel/fault.ts"
import type { Method } from "../kernel/method.ts"
import { createCalls } from "./calls.ts"
import type { CallOptions } from "./calls.ts"
import type { DeviceIdentity } from "./device.ts"
import {
  badUrl,
  certificateUntrusted,
  closed,
  gatewayBusy,
  lockedOut,
  notAGateway,
  notPaired,
  pinWithoutTls,
  plaintextRefused,
  refused,
  timedOut,
  unauthorized,
  unreachable,
  wireErrorCode,
} from "./faults.ts"
import type { Hello } from "./hello.ts"
import { pinTls } from "./pin.ts"
import { isLoopbackHost, isNearHost } from "./target.ts"
import { closeCodes, scopeNames } from "./wire.ts"
import type { ClientInfo, ConnectParams } from "./wire.ts"

export interface ConnectOptions {
  /** `ws://` on loopback, `wss://` anywhere. */
  url: string
  /** SHA-256 of the one certificate to accept. Default: what this machine trusts. */
  tlsFingerprint?: string
  /** Let the credential cross a network unencrypted. */
  allowPlaintext?: boolean
  token?: string
  password?: string
  /** What an earlier `hello-ok` gave this device; in place of the shared token. */
  deviceToken?: string
  /** The program's own version, shown in the gateway's presence list. */
  version: string
  clientId?: ClientInfo["id"]
  mode?: ClientInfo["mode"]
  scopes?: readonly string[]
  caps?: readonly string[]
  /** Comes as a node, which offers this; left out, as an operator. */
  node?: {
    displayName: string
    commands: readonly string[]
    permissions?: Readonly<Record<string, boolean>>
    pathEnv?: string
  }
  /** Of a setup code: lets this device in once. */
  bootstrapToken?: string
  minProtocol?: number
  maxProtocol?: number
  /** For the whole handshake. */
  timeoutMs?: number
  /** Proves who this is; a loopback client with the shared token needs none. */
  device?: DeviceIdentity
}

/** Any event the gateway sends; `frame` has its `seq` and `stateVersion`. */
export type Listener = (payload: unknown, frame: EventFrame) => void

export interface EventFrame {
  event: string
  payload?: unknown
  seq?: number
  stateVersion?: { presence: number; health: number }
}

export interface Client extends AsyncDisposable {
  readonly hello: Hello
  readonly url: string
  /** Calls a declared method; parameters and result have its types. */
  call<P extends z.ZodType, R extends z.ZodType>(
    method: Pick<Method<P, R>, "name" | "params" | "result">,
    params: z.input<P>,
    options?: CallOptions,
  ): Promise<z.output<R>>
  /** Calls a method by name. */
  request(name: string, params?: unknown, options?: CallOptions): Promise<unknown>
  /** Listens to one event, or to all with `"*"`; the returned function stops it. */
  on(event: string, listener: Listener): () => void
  onClose(listener: (code: number, reason: string) => void): void
  close(): Promise<void>
}

interface Challenge {
  nonce: string
  ts?: number
}

const parseFrame = (data: unknown): Record<string, unknown> | undefined => {
  try {
    const frame: unknown = JSON.parse(String(data))
    return typeof frame === "object" && frame !== null ? { ...frame } : undefined
  } catch {
    return undefined
  }
}

/** The credential must not cross a network in the clear, unless a person says so. */
const checkUrl = ({ url: text, tlsFingerprint, allowPlaintext }: ConnectOptions) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^wss?:$/.test(url.protocol)) throw badUrl({ url: text })
  if (url.protocol === "wss:") return url
  if (tlsFingerprint !== undefined) throw pinWithoutTls({ url: text })
  if (isLoopbackHost(url.hostname)) return url
  const isNear = isNearHost(url.hostname)
  // Whoever allows it means a network they know; beyond one there is no such thing.
  if (!allowPlaintext || !isNear) throw plaintextRefused({ url: text, isNear })
  return url
}

const connectParams = (options: ConnectOptions, challenge: Challenge): ConnectParams => {
  const client: ClientInfo = {
    id: options.clientId ?? "cli",
    mode: options.mode ?? "cli",
    version: options.version,
    platform: process.platform,
    ...(options.node && { displayName: options.node.displayName }),
  }
  const { token, password, deviceToken, bootstrapToken, device, node } = options
  const role = node ? "node" : "operator"
  const scopes = node ? [] : [...(options.scopes ?? scopeNames)]
  return {
    minProtocol: options.minProtocol ?? 3,
    maxProtocol: options.maxProtocol ?? 4,
    client,
    role,
    scopes,
    ...(node && {
      commands: [...node.commands],
      permissions: { ...node.permissions },
      ...(node.pathEnv && { pathEnv: node.pathEnv }),
    }),
    ...(options.caps && { caps: [...options.caps] }),
    auth: {
      ...(token && { token }),
      ...(deviceToken && { deviceToken }),
      ...(password && { password }),
      ...(bootstrapToken && { bootstrapToken }),
    },
    ...(device && {
      device: device.prove(
        { client, role, scopes },
        challenge,
        token ?? deviceToken ?? bootstrapToken,
      ),
    }),
  }
}

const refusal = (options: ConnectOptions, error: WireError) => {
  const code = wireErrorCode(error)
  if (code === "PAIRING_REQUIRED") return notPaired({ url: options.url, error })
  if (code === "AUTH_RATE_LIMITED") return lockedOut({ url: options.url, error })
  const sent = [
    options.token && "a token",
    options.deviceToken && "this device's token",
    options.password && "a password",
  ]
  const credential = sent.filter(Boolean).join(" and ") || "nothing"
  return code.startsWith("AUTH_") || error.code === "NOT_PAIRED"
    ? unauthorized({ url: options.url, error, credential })
    : refused({ method: "connect", error })
}

/** Opens a connection to a gateway and shakes hands, or throws a `client.*` fault that says why not. */
export const connect = async (options: ConnectOptions): Promise<Client> => {
  const { url, timeoutMs = 10_000 } = options
  const { hostname } = checkUrl(options)
  const { tlsFingerprint } = options
  const pin =
    tlsFingerprint === undefined ? undefined : await pinTls(url, tlsFingerprint, timeoutMs)
  // The DOM's types, which the UI needs, know nothing of Bun's TLS options.
  const socket = new WebSocket(url, { tls: pin?.tls } as unknown as string[])
  const listeners = new Map<string, Set<Listener>>()
  const closeListeners = new Set<(code: number, reason: string) => void>()
  const calls = createCalls((frame) => socket.send(JSON.stringify(frame)))
  const gone = Promise.withResolvers<void>()
  const greeted = Promise.withResolvers<Challenge>()
  let failure: string | undefined
  let heard = false

  socket.onmessage = ({ data }) => {
    heard = true
    const frame = parseFrame(data)
    if (!frame) return greeted.reject(notAGateway({ url, reason: "it does not speak JSON" }))
    if (frame.type === "res") return calls.answer(frame)
    if (frame.type !== "event" || typeof frame.event !== "string") return
    if (frame.event === "connect.challenge") return greeted.resolve(frame.payload as Challenge)
    for (const name of [frame.event, "*"])
      for (const listener of listeners.get(name) ?? [])
        listener(frame.payload, frame as unknown as EventFrame)
  }
  socket.onerror = (event) => {
    failure = "message" in event ? String(event.message).replace(/^.* failed: /, "") : ""
  }
  socket.onclose = ({ code, reason }) => {
    const fault =
      heard || !failure
        ? closed({ code, reason })
        : (pin?.mismatch() ?? explain(url, hostname, failure))
    greeted.reject(fault)
    calls.abandon(fault)
    for (const listener of closeListeners) listener(code, reason)
    gone.resolve()
  }

  const timer = setTimeout(() => {
    const fault = heard
      ? timedOut({ what: "connect", timeoutMs })
      : notAGateway({ url, reason: `no greeting within ${timeoutMs / 1000} s` })
    greeted.reject(fault)
    calls.abandon(fault)
    socket.close()
  }, timeoutMs)

  const close = () => {
    socket.close(closeCodes.normal)
    return gone.promise
  }

  try {
    const challenge = await greeted.promise
    const hello = (await calls.make("connect", connectParams(options, challenge), {
      timeoutMs: 0,
    })) as Hello
    return {
      hello,
      url,
      call: (method, params, callOptions) =>
        calls.make(method.name, params, callOptions) as Promise<z.output<typeof method.result>>,
      request: (name, params, callOptions) => calls.make(name, params, callOptions),
      on(event, listener) {
        const known = listeners.get(event) ?? new Set()
        listeners.set(event, known.add(listener))
        return () => known.delete(listener)
      },
      onClose: (listener) => void closeListeners.add(listener),
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    socket.close()
    throw refused.is(error) ? refusal(options, error.data.error) : error
  } finally {
    clearTimeout(timer)
  }
}

/** Tells a closed port from a program that is no gateway, by what the socket said. */
const explain = (url: string, hostname: string, failure: string) => {
  const status = /Expected 101 status code: (\d+)/.exec(failure)?.[1]
  if (status === "503") return gatewayBusy({ url, reason: "HTTP 503" })
  if (status) return notAGateway({ url, reason: `HTTP ${status}` })
  if (/Invalid response|HPE_/.test(failure))
    return notAGateway({ url, reason: "it does not speak HTTP" })
  if (/WRONG_VERSION_NUMBER/.test(failure))
    return notAGateway({ url, reason: "it speaks no TLS; without, its address is ws://" })
  if (/Connection ended/.test(failure))
    return notAGateway({ url, reason: "it hung up; with TLS, its address is wss://" })
  if (/certificate|altnames/.test(failure)) return certificateUntrusted({ url, reason: failure })
  return unreachable({ url, local: isLoopbackHost(hostname), reason: failure })
}
