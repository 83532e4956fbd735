import type { FakeNetwork, FakePerson, FakeRoom, Seen } from "./fake-network.ts"

type Params = Record<string, unknown>
type Stream = ReadableStreamDefaultController<Uint8Array>

class Refused extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message)
  }
}

const uuids: Record<string, string> = {
  "+4915100000001": "aaaaaaaa-0000-4000-8000-000000000001",
  "+4915100000002": "aaaaaaaa-0000-4000-8000-000000000002",
  "+4915100000009": "aaaaaaaa-0000-4000-8000-000000000009",
}
export const botNumber = "+4915100000009"
const groupId = "Z3JvdXAtb2YtZnJpZW5kcy0wMDAwMDAwMDAwMDAwMDA="

/** The daemon of signal-cli: JSON-RPC, events, attachments; messages wait for whoever listens. */
export const fakeSignal = ({
  port = 0,
  accounts = [botNumber],
}: { port?: number; accounts?: string[] } = {}) => {
  const ada: FakePerson = { id: "+4915100000001", name: "Ada" }
  const streams = new Set<Stream>()
  const waiting: string[] = []
  const told = new Map<string, string>()
  const seen: Seen[] = []
  const calls: { method: string; params: Params }[] = []
  const attachments = new Map<string, Uint8Array>()
  const failures: { how: "busy" | "broken" | "lost" | "refused"; retryAfterMs?: number }[] = []
  const watchers = new Set<() => void>()
  const connectors = new Set<() => void>()
  let opened = 0
  let last = 0
  const now = () => (last = Math.max(last + 1, Date.now()))

  // What happens.

  const push = (stream: Stream, event: string) =>
    stream.enqueue(new TextEncoder().encode(`event:receive\ndata:${event}\n\n`))
  const tell = (id: string, envelope: object) => {
    const event = JSON.stringify({ account: accounts[0], envelope })
    told.set(id, event)
    if (streams.size) for (const stream of streams) push(stream, event)
    else waiting.push(event)
    return id
  }
  const envelopeOf = ({ id, name }: FakePerson, at: number) => ({
    source: id,
    sourceNumber: id,
    sourceUuid: uuids[id],
    sourceName: name,
    sourceDevice: 1,
    timestamp: at,
    serverReceivedTimestamp: at,
    serverDeliveredTimestamp: at,
  })
  const groupInfo = (room: FakeRoom) =>
    room.kind === "group"
      ? { groupInfo: { groupId: room.id, groupName: "friends", revision: 1, type: "DELIVER" } }
      : {}
  const idOf = (person: FakePerson, room: FakeRoom, at: number) =>
    room.kind === "group" ? `${at}:${person.id}` : String(at)

  const say: FakeNetwork["say"] = async (person, room, text, extra = {}) => {
    const at = now()
    const files = extra.file ? [addAttachment(extra.file)] : []
    const [quoted, author] = extra.replyTo?.split(":") ?? []
    return tell(idOf(person, room, at), {
      ...envelopeOf(person, at),
      dataMessage: {
        timestamp: at,
        message: extra.mention ? `\uFFFC ${text}` : text,
        expiresInSeconds: 0,
        viewOnce: false,
        ...(extra.mention && {
          mentions: [
            { name: "bot", number: botNumber, uuid: uuids[botNumber], start: 0, length: 1 },
          ],
        }),
        ...(quoted && {
          quote: { id: Number(quoted), authorNumber: author ?? botNumber, text: "what was said" },
        }),
        ...(files.length && { attachments: files }),
        ...groupInfo(room),
      },
    })
  }
  const addAttachment = (file: { name: string; bytes: Uint8Array; mimeType: string }) => {
    const id = `attachment-${attachments.size + 1}`
    attachments.set(id, file.bytes)
    return { id, contentType: file.mimeType, filename: file.name || null, size: file.bytes.length }
  }

  const data =
    (make: (at: number, room: FakeRoom) => object) =>
    async (person: FakePerson, room: FakeRoom) => {
      const at = now()
      return tell(`event-${at}`, {
        ...envelopeOf(person, at),
        dataMessage: { timestamp: at, message: null, ...make(at, room), ...groupInfo(room) },
      })
    }
  const reaction = (isRemove: boolean) =>
    data((at) => ({
      reaction: {
        emoji: "👍",
        targetAuthor: botNumber,
        targetAuthorNumber: botNumber,
        targetAuthorUuid: uuids[botNumber],
        targetSentTimestamp: at - 1,
        isRemove,
      },
    }))
  const other =
    (make: (room: FakeRoom) => object) => async (person: FakePerson, room: FakeRoom) => {
      const at = now()
      return tell(`event-${at}`, { ...envelopeOf(person, at), ...make(room) })
    }
  const events: FakeNetwork["events"] = {
    reaction: reaction(false),
    "reaction-removed": reaction(true),
    delete: data((at) => ({ remoteDelete: { timestamp: at - 1 } })),
    timer: data(() => ({ expiresInSeconds: 3600, isExpirationUpdate: true })),
    edit: other((room) => ({
      editMessage: {
        targetSentTimestamp: last - 1,
        dataMessage: { timestamp: last, message: "something else", ...groupInfo(room) },
      },
    })),
    story: other((room) => ({
      storyMessage: {
        allowsReplies: true,
        ...(room.kind === "group" && { groupId: room.id }),
        textAttachment: { text: "what a day" },
      },
    })),
    receipt: other(() => ({ receiptMessage: { isRead: true, timestamps: [last - 1] } })),
    typing: other(() => ({ typingMessage: { action: "STARTED", timestamp: last } })),
    sync: other(() => ({ syncMessage: { sentMessage: { message: "from my phone" } } })),
  }

  // What it is asked.

  const list = (value: unknown) =>
    Array.isArray(value) ? value : value === undefined ? [] : [value]
  const roomOf = (params: Params): { id: string; kind: "direct" | "group" } => {
    const people = [...list(params.recipient), ...list(params.username)] as string[]
    if (people.length + list(params.groupId).length !== 1)
      throw new Refused(-1, "Need exactly one of recipient, username and groupId")
    if (params.groupId !== undefined) {
      if (params.groupId !== groupId) throw new Refused(-1, "Invalid group id")
      return { id: groupId, kind: "group" }
    }
    const [person = ""] = people
    const known = Object.entries(uuids).find((entry) => entry.includes(person))
    if (!known) throw new Refused(-1, `Unregistered user "${person}"`)
    return { id: known[0], kind: "direct" }
  }
  const send = (params: Params) => {
    const room = roomOf(params)
    const message = String(params.message ?? "")
    const files = list(params.attachments).map((one) => enclosed(String(one)))
    if (!message && !files.length) throw new Refused(-1, "Sending needs a message or a file")
    for (const style of list(params.textStyle)) {
      const [, start, length] =
        /^(\d+):(\d+):(?:BOLD|ITALIC|STRIKETHROUGH|MONOSPACE|SPOILER)$/.exec(String(style)) ?? []
      if (!length || Number(length) < 1 || Number(start) + Number(length) > message.length)
        throw new Refused(-1, `Invalid style ${style}`)
    }
    if ((params.quoteTimestamp === undefined) !== (params.quoteAuthor === undefined))
      throw new Refused(-1, "A quote has a timestamp and an author")
    const at = now()
    seen.push({
      id: String(at),
      at,
      room: room.id,
      text: message,
      edited: 0,
      ...(params.quoteTimestamp !== undefined && { replyTo: String(params.quoteTimestamp) }),
      files,
    })
    for (const look of watchers) look()
    return { timestamp: at, results: [{ recipientAddress: { number: room.id }, type: "SUCCESS" }] }
  }
  const reacted = (params: Params) => {
    roomOf(params)
    const { emoji, targetAuthor: author, targetTimestamp } = params
    if (!emoji || typeof targetTimestamp !== "number") throw new Refused(-1, "Invalid reaction")
    if (!Object.entries(uuids).flat().includes(String(author)))
      throw new Refused(-1, `Unregistered user "${String(author)}"`)
    return { timestamp: now() }
  }

  const methods: Record<string, (params: Params) => unknown> = {
    version: () => ({ version: "0.13.18" }),
    listAccounts: () => accounts.map((number) => ({ number })),
    getUserStatus: ({ recipient }) =>
      list(recipient).map((one) => ({
        recipient: one,
        number: one,
        uuid: uuids[String(one)] ?? null,
        isRegistered: String(one) in uuids,
      })),
    send,
    sendReaction: reacted,
    sendTyping: (params) => (roomOf(params), { timestamp: now() }),
    sendReceipt(params) {
      roomOf(params)
      if (params.type !== "read" || typeof params.targetTimestamp !== "number")
        throw new Refused(-1, "Invalid receipt")
      return { timestamp: now() }
    },
    getAttachment(params) {
      roomOf(params)
      const bytes = attachments.get(String(params.id))
      if (!bytes) throw new Refused(-1, "Could not find attachment")
      return { data: Buffer.from(bytes).toString("base64") }
    },
    listGroups: () => [
      {
        id: groupId,
        name: "friends",
        isMember: true,
        members: Object.entries(uuids).map(([number, uuid]) => ({ number, uuid })),
      },
      { id: "bGVmdC1ncm91cC0wMDAwMDAwMDAwMDAwMDAwMDAwMDA=", name: "left", isMember: false },
    ],
    listContacts: () => [
      {
        number: ada.id,
        uuid: uuids[ada.id],
        name: "",
        profile: { givenName: "Ada", familyName: "L" },
      },
      { number: null, uuid: uuids["+4915100000002"], name: "Bob" },
    ],
    startLink: () => ({ deviceLinkUri: "sgnl://linkdevice?uuid=x&pub_key=y" }),
    finishLink: ({ deviceLinkUri, deviceName }) => {
      if (!deviceLinkUri || !deviceName) throw new Refused(-1, "Missing parameter")
      return { number: botNumber }
    },
  }

  const answer = async (request: Request): Promise<Response> => {
    const {
      jsonrpc,
      id,
      method,
      params = {},
    } = (await request.json()) as {
      jsonrpc?: string
      id?: string
      method: string
      params?: Params
    }
    const reply = (body: object) => Response.json({ jsonrpc: "2.0", id, ...body })
    calls.push({ method, params })
    if (jsonrpc !== "2.0") return reply({ error: { code: -32600, message: "Invalid request" } })
    const failure = method === "send" ? failures.shift() : undefined
    if (failure?.how === "broken") return new Response("oops", { status: 500 })
    try {
      if (params.account !== undefined && !accounts.includes(String(params.account)))
        throw new Refused(-32602, "Specified account does not exist")
      const run = methods[method]
      if (!run) throw new Refused(-32601, "Method not implemented")
      if (failure?.how === "refused") throw new Refused(-1, "Failed to send message")
      if (failure?.how === "busy") {
        const retryAfterSeconds = Math.ceil((failure.retryAfterMs ?? 1000) / 1000)
        const results = [{ type: "RATE_LIMIT_FAILURE", retryAfterSeconds }]
        throw new Refused(-5, "Failed to send: rate limited", { response: { results } })
      }
      const result = run(params)
      return failure?.how === "lost" ? new Response('{"jsonrpc":') : reply({ result })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return reply({
        error: { code: error.code, message: error.message, data: error.data ?? null },
      })
    }
  }

  const listen = () => {
    let own: Stream | undefined
    return new Response(
      new ReadableStream<Uint8Array>({
        start(stream) {
          own = stream
          opened++
          stream.enqueue(new TextEncoder().encode(":\n"))
          streams.add(stream)
          for (const event of waiting.splice(0)) push(stream, event)
          for (const connected of connectors) connected()
        },
        cancel: () => void (own && streams.delete(own)),
      }),
      { headers: { "content-type": "text/event-stream" } },
    )
  }

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname === "/api/v1/check") return new Response("", { status: 200 })
      if (pathname === "/api/v1/events" && request.method === "GET") return listen()
      if (pathname === "/api/v1/rpc" && request.method === "POST") return await answer(request)
      return new Response("", { status: 404 })
    },
  })

  return {
    channel: "signal",
    settings: { account: botNumber, httpUrl: server.url.origin },
    room: { id: groupId, kind: "group" },
    ada,
    direct: ({ id }: FakePerson): FakeRoom => ({ id, kind: "direct" }),
    say,
    async repeat(id: string) {
      const event = told.get(id)
      if (event) for (const stream of streams) push(stream, event)
    },
    events,
    seen,
    until(fits: (seen: Seen) => boolean) {
      const found = Promise.withResolvers<Seen>()
      const look = () => {
        const one = seen.find(fits)
        if (!one) return
        watchers.delete(look)
        found.resolve(one)
      }
      watchers.add(look)
      look()
      return found.promise
    },
    next(how: "busy" | "broken" | "lost" | "refused", times = 1, retryAfterMs?: number) {
      for (let i = 0; i < times; i++) failures.push({ how, retryAfterMs })
    },
    drop() {
      for (const stream of streams) stream.close()
      streams.clear()
    },
    get connected() {
      return streams.size > 0
    },
    async untilConnected() {
      if (streams.size) return
      const connected = Promise.withResolvers<void>()
      connectors.add(connected.resolve)
      await connected.promise
      connectors.delete(connected.resolve)
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true)
      streams.clear()
    },

    // What only signal-cli has.
    calls,
    tell,
    envelopeOf,
    get opened() {
      return opened
    },
    /** Anything into the stream, also what is no event. */
    write(text: string) {
      for (const stream of streams) stream.enqueue(new TextEncoder().encode(text))
    },
  } satisfies FakeNetwork & Record<string, unknown>
}

/** A file as the daemon takes it: data with a name of its own. */
const enclosed = (uri: string) => {
  const [, name, base64] = /^data:[\w.+/-]+;filename=([^;,]+);base64,([\w+/=]*)$/.exec(uri) ?? []
  if (!name) throw new Refused(-1, "Attachment not found")
  return { name, bytes: Buffer.from(base64!, "base64").length }
}
