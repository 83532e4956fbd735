import { createHash, generateKeyPairSync, sign } from "node:crypto"
import type { ConnectParams } from "../../src/client/wire.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- each test knows which event it looks at
type Payload = any

export interface Frame {
  type: string
  id?: string
  ok?: boolean
  event?: string
  payload?: Record<string, unknown>
  error?: { code: string; message: string; details?: Record<string, unknown> }
}

/** A socket that sends what it is given and keeps every frame that comes, for replaying others' clients. */
export const openSocket = async (url: string) => {
  const socket = new WebSocket(url)
  const frames: Frame[] = []
  const watchers = new Set<() => void>()
  const changed = () => watchers.forEach((look) => look())
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => {
      resolve({ code, reason })
      changed()
    }
  })
  socket.onmessage = ({ data }) => {
    frames.push(JSON.parse(String(data)))
    changed()
  }
  /** The first frame, of now or later, that is what is looked for. */
  const frame = (matches: (frame: Frame) => boolean, after = 0) =>
    new Promise<Frame>((resolve, reject) => {
      const settle = (found?: Frame) => {
        watchers.delete(look)
        clearTimeout(patience)
        if (found) resolve(found)
        else
          reject(
            new Error(`it never came; came: ${JSON.stringify(frames.slice(-8)).slice(0, 6000)}`),
          )
      }
      const look = () => {
        const found = frames.slice(after).find(matches)
        if (found || socket.readyState === WebSocket.CLOSED) settle(found)
      }
      const patience = setTimeout(settle, 10_000)
      watchers.add(look)
      look()
    })
  const event = (name: string, matches: (payload: Payload) => boolean = () => true) =>
    frame(({ event, payload }) => event === name && matches(payload!))
  const challenge = await event("connect.challenge")
  return {
    frames,
    frame,
    event,
    closed,
    challenge: challenge.payload as { nonce: string; ts: number },
    send: (value: object) => socket.send(JSON.stringify(value)),
    /** Sends a request as it stands and resolves with its answer. */
    async ask(request: { id: string; method: string; params?: unknown }) {
      const answer = frame(({ type, id }) => type === "res" && id === request.id, frames.length)
      socket.send(JSON.stringify({ type: "req", ...request }))
      return answer
    },
    [Symbol.asyncDispose]: async () => {
      // No code, as every client in the field closes.
      socket.close()
      await closed
    },
  }
}
export type RawSocket = Awaited<ReturnType<typeof openSocket>>

/** An ed25519 key pair that signs a connect as the field's clients do. */
export const rawDevice = () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32)
  const id = createHash("sha256").update(raw).digest("hex")
  return {
    id,
    /** `params` with the proof in it; v3 signs platform and family in lower case. */
    prove(
      version: "v2" | "v3",
      params: ConnectParams,
      { nonce, ts }: { nonce: string; ts: number },
    ) {
      const { client, role, scopes, auth } = params
      const parts = [
        `${version}|${id}|${client.id}|${client.mode}|${role}|${(scopes ?? []).join(",")}`,
        `${ts}|${auth?.token ?? auth?.deviceToken ?? ""}|${nonce}`,
      ]
      if (version === "v3")
        parts.push(client.platform.toLowerCase(), (client.deviceFamily ?? "").toLowerCase())
      const signature = sign(null, Buffer.from(parts.join("|")), privateKey).toString("base64url")
      const proof = { id, publicKey: raw.toString("base64url"), signature, signedAt: ts, nonce }
      return { ...params, device: proof }
    },
  }
}
