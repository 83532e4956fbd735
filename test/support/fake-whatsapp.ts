import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type AuthenticationCreds,
  type BinaryNode,
  BufferJSON,
  Curve,
  hmacSign,
  initAuthCreds,
  prepareWAMessageMedia,
  proto,
} from "baileys"
import type { FakeNetwork, FakePerson, FakeRoom, Seen } from "./fake-network.ts"
import { createPeer, linkedTo, type Peer } from "./whatsapp-peer.ts"
import { serverIdentity, serverWire } from "./whatsapp-wire.ts"

const botNumber = "4915550000001"
const botJid = `${botNumber}:7@s.whatsapp.net`
const botLid = "100000000000001:7@lid"
const group = "120363000000000001@g.us"
const server = "@s.whatsapp.net"
const source = join(import.meta.dir, "../../src/plugins/whatsapp")

/** Lays the plugin out in `folder`, as it is but for the server it speaks to. */
export const layWhatsapp = async (folder: string) => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await copyFile(join(source, "fased.plugin.json"), join(folder, "fased.plugin.json"))
  const entry = JSON.stringify(join(import.meta.dir, "whatsapp-plugin.ts"))
  await writeFile(join(folder, "index.ts"), `export { plugin } from ${entry}\n`)
  return folder
}

const nodeOf = (
  tag: string,
  attrs: BinaryNode["attrs"] = {},
  content?: BinaryNode["content"],
): BinaryNode => ({ tag, attrs, ...(content !== undefined && { content }) })

const childOf = ({ content }: BinaryNode, tag: string) =>
  Array.isArray(content) ? content.find((node) => node.tag === tag) : undefined

export interface FakeWhatsapp extends FakeNetwork {
  /** What links the account is here. */
  readonly authDir: string
  /** Ada says something of any kind. */
  post(
    person: FakePerson,
    room: FakeRoom,
    message: proto.IMessage,
    attrs?: Record<string, string>,
  ): Promise<string>
  /** What the account sent: nodes, and messages as they are when they are opened. */
  readonly nodes: readonly BinaryNode[]
  readonly received: readonly proto.IMessage[]
  untilTrue<T>(found: () => T | undefined | false): Promise<T>
  /** Ends the connection with a code of WhatsApp's. */
  endWith(code: number): void
  /** Refuses who logs in, so many times, with this code. */
  refuse(code: number, times?: number): void
  /** Versions of the client that those who connected said they were. */
  readonly versions: readonly string[]
  /** Somebody has a new phone: what they say next begins anew. */
  renew(person: FakePerson): void
  /** The account loses the keys of its conversations. */
  forgetSessions(): void
  /** A phone scans what the account shows. */
  scan(qr: string): void
  /** How often somebody connected. */
  readonly connections: number
}

/** WhatsApp Web on port 0: Noise, logins, sealed messages, files. `linked: false` has to be logged in to. */
export const fakeWhatsapp = async ({ linked = true } = {}): Promise<FakeWhatsapp> => {
  const authDir = mkdtempSync(join(tmpdir(), "fased-whatsapp-"))
  const identity = serverIdentity()
  const ada: FakePerson = { id: "+4915550000002", name: "Ada" }
  const peers = new Map<string, Peer>()
  const peerOf = ({ id }: FakePerson) => {
    const digits = id.replace(/\D/g, "")
    let peer = peers.get(digits)
    if (!peer) peers.set(digits, (peer = createPeer(digits + server, `2${digits}@lid`)))
    return peer
  }
  peerOf(ada)

  const seen: (Seen & { edited: number })[] = []
  const nodes: BinaryNode[] = []
  const received: proto.IMessage[] = []
  const files = new Map<string, Uint8Array>()
  const waiting = new Set<() => void>()
  const look = () => waiting.forEach((one) => one())
  const untilTrue = <T>(found: () => T | undefined | false) => {
    const result = Promise.withResolvers<T>()
    const check = () => {
      const value = found()
      if (value === undefined || value === false) return
      waiting.delete(check)
      result.resolve(value)
    }
    waiting.add(check)
    check()
    return result.promise
  }

  /** Sent and not told that it was received. */
  const pending = new Map<string, BinaryNode>()
  const posted = new Map<string, { node: BinaryNode; seal(): Promise<BinaryNode[]> }>()
  const failing: { how: "busy" | "broken" | "lost" | "refused"; retryAfterMs?: number }[] = []
  let wire: ReturnType<typeof serverWire> | undefined
  let socket: Bun.ServerWebSocket<{ wire: ReturnType<typeof serverWire> }> | undefined
  let isLive = false
  let connections = 0
  const refusals: number[] = []
  const versions: string[] = []
  const renewed = new Set<string>()
  let count = 0

  const account = (): AuthenticationCreds =>
    JSON.parse(readFileSync(join(authDir, "creds.json"), "utf8"), BufferJSON.reviver)
  const link = () => {
    const creds = initAuthCreds()
    const device = linkedTo(creds.signedIdentityKey.public)
    const { details, accountSignatureKey } = device
    creds.me = { id: botJid, lid: botLid, name: "Helper" }
    creds.account = {
      ...device,
      deviceSignature: Curve.sign(
        creds.signedIdentityKey.private,
        Buffer.concat([
          Buffer.from([6, 1]),
          details,
          creds.signedIdentityKey.public,
          accountSignatureKey,
        ]),
      ),
    }
    creds.registered = true
    writeFileSync(join(authDir, "creds.json"), JSON.stringify(creds, BufferJSON.replacer))
  }
  if (linked) link()

  const answers: Record<string, (node: BinaryNode) => BinaryNode[] | undefined> = {
    encrypt(node) {
      if (childOf(node, "count")) return [nodeOf("count", { value: "50" })]
      if (childOf(node, "digest")) return [nodeOf("digest")]
      const users = childOf(node, "key")?.content
      if (!Array.isArray(users)) return undefined
      const bundles = users.flatMap(({ attrs }) => {
        const peer = [...peers.values()].find(({ jid, lid }) =>
          [jid, lid].includes(attrs.jid!.replace(/:\d+@/, "@")),
        )
        return peer ? [peer.bundle(attrs.jid!)] : []
      })
      return [nodeOf("list", {}, bundles)]
    },
    usync(node) {
      const list = childOf(childOf(node, "usync")!, "list")!.content as BinaryNode[]
      const users = list.map(({ attrs: { jid = "" } }) => {
        const isBot = jid.startsWith(botNumber) || jid.startsWith(botLid.split(":")[0]!)
        const device: BinaryNode["attrs"] = isBot ? { id: "7", "key-index": "1" } : { id: "0" }
        const peer = peers.get(jid.split("@")[0]!)
        return nodeOf("user", { jid }, [
          nodeOf("devices", {}, [nodeOf("device-list", {}, [nodeOf("device", device)])]),
          ...(peer ? [nodeOf("lid", { val: peer.lid })] : []),
        ])
      })
      return [nodeOf("usync", {}, [nodeOf("list", {}, users)])]
    },
    "w:g2"(node) {
      if (node.attrs.to !== group) return undefined
      const members = [`${botNumber}${server}`, ...[...peers.values()].map(({ jid }) => jid)]
      const people = members.map((jid) => nodeOf("participant", { jid }))
      const about = { id: group, subject: "The garden", addressing_mode: "pn", creation: "1" }
      return [nodeOf("group", { ...about, s_t: "1" }, people)]
    },
    "w:m": () => [
      nodeOf("media_conn", { auth: "auth", ttl: "3600" }, [
        nodeOf("host", { hostname: "mmg.whatsapp.net" }),
      ]),
    ],
    privacy: (node) =>
      node.attrs.type === "get"
        ? [nodeOf("privacy", {}, [nodeOf("category", { name: "readreceipts", value: "all" })])]
        : undefined,
  }

  const accept = () => {
    isLive = true
    for (const [, node] of pending) wire!.send({ ...node, attrs: { ...node.attrs, offline: "1" } })
    wire!.send(nodeOf("ib", { from: server }, [nodeOf("offline", { count: `${pending.size}` })]))
    look()
  }

  const onMessage = async (node: BinaryNode) => {
    const id = node.attrs.id!
    const to = node.attrs.to!
    const failure = failing.shift()
    const ack = (more: Record<string, string> = {}) =>
      wire?.send(nodeOf("ack", { class: "message", id, from: to, t: `${now()}`, ...more }))
    if (failure?.how === "busy")
      return ack({ error: "429", backoff: `${(failure.retryAfterMs ?? 1000) / 1000}` })
    if (failure?.how === "broken") return ack({ error: "503" })
    if (failure?.how === "refused") return ack({ error: "400" })
    const isGroup = to === group
    const peer = isGroup
      ? peerOf(ada)
      : [...peers.values()].find(({ jid, lid }) => jid === to || lid === to)
    const message = peer ? await peer.open(botJid, to, node).catch(() => undefined) : {}
    if (!message) {
      // A phone that cannot open it asks for it once more, and says how to seal it.
      ack()
      wire?.send(peer!.again(botJid, node, isGroup ? group : undefined))
      return
    }
    const text =
      message.conversation ??
      message.extendedTextMessage?.text ??
      message.imageMessage?.caption ??
      message.documentMessage?.caption ??
      message.pollCreationMessage?.name ??
      message.pollCreationMessageV3?.name
    const media =
      message.imageMessage ??
      message.videoMessage ??
      message.audioMessage ??
      message.documentMessage
    received.push(message)
    if (text !== undefined || media)
      if (!seen.some((one) => one.id === id)) {
        const replyTo = message.extendedTextMessage?.contextInfo?.stanzaId
        seen.push({
          id,
          at: now() * 1000,
          room: isGroup ? group : `+${peer!.jid.split("@")[0]}`,
          text: text ?? "",
          edited: 0,
          files: media
            ? [
                {
                  name: message.documentMessage?.fileName ?? "",
                  bytes: Number((media as { fileLength?: unknown }).fileLength ?? 0),
                },
              ]
            : [],
          ...(replyTo && { replyTo }),
        })
      }
    if (failure?.how === "lost") socket?.terminate()
    else ack()
    look()
  }
  const onNode = async (node: BinaryNode) => {
    const { tag, attrs } = node
    if (tag !== "message") nodes.push(node)
    if (tag === "iq" && attrs.type !== "result") {
      const content = answers[attrs.xmlns ?? ""]?.(node)
      wire?.send(nodeOf("iq", { id: attrs.id!, from: server, type: "result" }, content))
      if (attrs.xmlns === "passive") accept()
      return
    }
    if (tag === "message") return onMessage(node)
    // Whatever it was, the account has it, unless it asks for it once more.
    if (tag === "receipt" && attrs.type === "retry") await sayAgain(attrs.id!)
    else if (tag === "receipt" || (tag === "ack" && !attrs.error)) pending.delete(attrs.id!)
    if (tag === "iq" && childOf(node, "pair-device-sign")) endWith(515)
    look()
  }

  /** As phones do for who cannot open what they said: sealed anew, in a session that begins. */
  const sayAgain = async (id: string) => {
    const { node, seal } = posted.get(id)!
    const again = { ...node, content: await seal() }
    posted.set(id, { node: again, seal })
    pending.set(id, again)
    wire?.send(again)
  }

  const hello = (payload: proto.ClientPayload) => {
    connections += 1
    const { primary, secondary, tertiary } = payload.userAgent!.appVersion!
    versions.push([primary, secondary, tertiary].join("."))
    const refusal = refusals.shift()
    if (refusal !== undefined) {
      wire!.send(nodeOf("failure", { reason: `${refusal}`, location: "fra" }))
      socket?.close()
      return
    }
    if (payload.username) {
      wire!.send(nodeOf("success", { t: `${now()}`, lid: botLid }))
      return
    }
    const refs = ["first-code", "second-code"].map((ref) => nodeOf("ref", {}, Buffer.from(ref)))
    wire!.send(
      nodeOf("iq", { from: server, type: "set", id: "1", xmlns: "md" }, [
        nodeOf("pair-device", {}, refs),
      ]),
    )
  }

  const endWith = (code: number) => {
    wire?.send(nodeOf("stream:error", { code: `${code}` }))
  }

  const http = Bun.serve<{ wire: ReturnType<typeof serverWire> }, never>({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, server) {
      const { pathname } = new URL(request.url)
      if (pathname === "/ws/chat")
        return server.upgrade(request, { data: { wire: undefined as never } })
          ? undefined
          : new Response("no", { status: 400 })
      if (pathname === "/sw.js") return new Response('{"client_revision": 1999999999}')
      if (request.method === "POST") {
        files.set(pathname, await request.bytes())
        return Response.json({ url: `https://mmg.whatsapp.net${pathname}`, direct_path: pathname })
      }
      const bytes = files.get(pathname)
      return bytes ? new Response(bytes as BodyInit) : new Response("gone", { status: 410 })
    },
    websocket: {
      open(ws) {
        ws.data.wire = serverWire(identity, (bytes) => void ws.sendBinary(bytes), {
          hello,
          node: onNode,
        })
        wire = ws.data.wire
        socket = ws
      },
      message: (ws, bytes) => ws.data.wire.read(bytes as Buffer),
      close(ws) {
        if (socket !== ws) return
        socket = undefined
        wire = undefined
        isLive = false
        look()
      },
    },
  })
  const url = `http://127.0.0.1:${http.port}`
  await writeFile(join(authDir, "network.json"), JSON.stringify({ url, rootKey: identity.rootKey }))

  const post: FakeWhatsapp["post"] = async (person, room, message, attrs = {}) => {
    const id = `AC${String((count += 1)).padStart(18, "0")}`
    const peer = peerOf(person)
    const isGroup = room.kind === "group"
    const seal = (afresh?: boolean) =>
      isGroup
        ? peer.sealForGroup(account(), room.id, message, afresh)
        : peer.seal(account(), message, afresh)
    const node = nodeOf(
      "message",
      {
        id,
        type: "text",
        t: `${now()}`,
        notify: person.name,
        ...(isGroup
          ? { from: room.id, participant: peer.jid, participant_lid: peer.lid }
          : { from: peer.jid, sender_lid: peer.lid }),
        ...attrs,
      },
      await seal(renewed.delete(person.id)),
    )
    pending.set(id, node)
    posted.set(id, { node, seal: () => seal(true) })
    if (isLive) wire!.send(node)
    return id
  }

  const fileMessage = async (file: { name: string; bytes: Uint8Array; mimeType: string }) => {
    const [major] = file.mimeType.split("/")
    const media = Buffer.from(file.bytes)
    const { mimeType: mimetype, name: fileName } = file
    const content =
      major === "image"
        ? { image: media, mimetype, jpegThumbnail: "" }
        : major === "audio"
          ? { audio: media, mimetype, ptt: true, seconds: 1, waveform: new Uint8Array() }
          : { document: media, mimetype, fileName }
    return prepareWAMessageMedia(content as Parameters<typeof prepareWAMessageMedia>[0], {
      upload: async (path) => {
        const directPath = `/v/${(count += 1)}`
        files.set(directPath, await readFile(path as string))
        return { mediaUrl: `https://mmg.whatsapp.net${directPath}`, directPath }
      },
    })
  }

  const targetKey = { remoteJid: group, fromMe: false, id: "AC000000000000000099" }
  const kinds = proto.Message.ProtocolMessage.Type
  return {
    channel: "whatsapp",
    settings: { authDir },
    authDir,
    room: { id: group, kind: "group" },
    ada,
    direct: ({ id }) => ({ id, kind: "direct" }),
    post,
    async say(person, room, text, { mention, replyTo, file } = {}) {
      if (file) return post(person, room, await fileMessage(file))
      const contextInfo = {
        ...(mention && { mentionedJid: [`${botNumber}${server}`] }),
        ...(replyTo && { stanzaId: replyTo, participant: `${botNumber}${server}` }),
      }
      const isPlain = !mention && !replyTo
      return post(
        person,
        room,
        isPlain ? { conversation: text } : { extendedTextMessage: { text, contextInfo } },
      )
    },
    async repeat(id) {
      wire?.send(posted.get(id)!.node)
    },
    events: {
      reaction: (person, room) =>
        post(person, room, { reactionMessage: { key: targetKey, text: "👍" } }),
      delete: (person, room) =>
        post(person, room, { protocolMessage: { type: kinds.REVOKE, key: targetKey } }),
      edit: (person, room) =>
        post(person, room, {
          protocolMessage: {
            type: kinds.MESSAGE_EDIT,
            key: targetKey,
            editedMessage: { conversation: "better words" },
          },
        }),
      location: (person, room) =>
        post(person, room, { locationMessage: { degreesLatitude: 52.5, degreesLongitude: 13.4 } }),
      contact: (person, room) =>
        post(person, room, {
          contactMessage: { displayName: "Bob", vcard: "BEGIN:VCARD\nTEL:+4912345678\nEND:VCARD" },
        }),
      poll: (person, room) =>
        post(person, room, {
          pollCreationMessage: { name: "When?", options: [{ optionName: "now" }] },
        }),
      "view once": (person, room) =>
        post(person, room, { viewOnceMessage: { message: { conversation: "once" } } }),
    },
    seen,
    nodes,
    received,
    versions,
    untilTrue,
    until: (fits) => untilTrue(() => seen.find(fits)),
    next(how, times = 1, retryAfterMs) {
      for (let i = 0; i < times; i++) failing.push({ how, ...(retryAfterMs && { retryAfterMs }) })
    },
    drop: () => socket?.terminate(),
    get connected() {
      return isLive
    },
    untilConnected: () => untilTrue(() => isLive || undefined).then(() => undefined),
    endWith,
    refuse: (code, times = 100) => void refusals.push(...Array<number>(times).fill(code)),
    renew: ({ id }) => void renewed.add(id),
    forgetSessions() {
      for (const name of readdirSync(authDir))
        if (name.startsWith("session-")) rmSync(join(authDir, name))
    },
    get connections() {
      return connections
    },
    scan(qr) {
      const [, , identityKey, secret] = qr.split("#")[1]!.split(",")
      const device = linkedTo(Buffer.from(identityKey!, "base64"))
      const details = proto.ADVSignedDeviceIdentity.encode(device).finish()
      const hmac = hmacSign(details, Buffer.from(secret!, "base64"))
      const signed = proto.ADVSignedDeviceIdentityHMAC.encode({ details, hmac }).finish()
      wire!.send(
        nodeOf("iq", { from: server, type: "set", id: "2" }, [
          nodeOf("pair-success", {}, [
            nodeOf("device-identity", {}, signed),
            nodeOf("device", { jid: botJid, lid: botLid }),
            nodeOf("platform", { name: "android" }),
          ]),
        ]),
      )
    },
    async [Symbol.asyncDispose]() {
      await http.stop(true)
      await rm(authDir, { recursive: true, force: true })
    },
  }
}

const now = () => Math.floor(Date.now() / 1000)
