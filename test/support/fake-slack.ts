import { createHmac, randomUUID } from "node:crypto"
import type { Part } from "../../src/kernel/network.ts"
import type { FakeNetwork, FakePerson, FakeRoom, Seen } from "./fake-network.ts"
import { addMessage, type Call, methods, sends } from "./fake-slack-methods.ts"
import {
  bot,
  createWorkspace,
  Refused,
  shown,
  type StoredMessage,
  type StoredRoom,
  tokens,
} from "./fake-slack-workspace.ts"

interface Envelope {
  id: string
  type: string
  payload: object
  tries: number
  timer?: Timer
  /** What it was acknowledged with. */
  acked: PromiseWithResolvers<unknown>
}

export const signingSecret = "fake-signing-secret"

/** Slack: Web API, Socket Mode and requests, with its files and its temper. */
export const fakeSlack = ({
  mode = "socket",
  redeliverMs = 60,
  requestUrl,
}: {
  mode?: "socket" | "http"
  /** Three seconds at Slack. */
  redeliverMs?: number
  /** Where requests go in the mode http. */
  requestUrl?: (request: Request) => Promise<Response>
} = {}) => {
  const workspace = createWorkspace(Date.now)
  const ada: FakePerson = { id: "UADA00001", name: "Ada", username: "ada" }
  for (const { id, username, name } of [
    ada,
    { id: "UBOB00001", username: "bob", name: "Bob" },
    { id: bot.user, username: "fased", name: "fased" },
  ])
    workspace.users.set(id, {
      id,
      name: username!,
      real_name: name,
      ...(id === bot.user && { is_bot: true }),
    })
  const addRoom = (id: string, name: string, kind: StoredRoom["kind"], isMember = true) =>
    workspace.rooms.set(id, { id, name, kind, isMember, messages: [], pins: [] })
  addRoom("CROOM0001", "general", "channel")
  addRoom("CALIEN001", "strangers", "channel", false)
  addRoom("GMPIM0001", "mpdm-ada--bob-1", "mpim")

  const sockets = new Set<Bun.ServerWebSocket<{ live: boolean }>>()
  const tickets = new Set<string>()
  const pending = new Map<string, Envelope>()
  const responses = new Map<string, { uses: number; said: Record<string, unknown>[] }>()
  const calls: { method: string; args: Record<string, string> }[] = []
  const failures: { how: "busy" | "broken" | "lost" | "refused"; retryAfterMs?: number }[] = []
  const watchers = new Set<() => void>()
  const connectors = new Set<() => void>()
  const events = new Map<string, { type: string; payload: object }>()
  const handedOver: { id: string; tries: number }[] = []
  let acks = 0
  let opened = 0

  const seen = (): Seen[] =>
    [...workspace.rooms.values()]
      .flatMap((room) =>
        room.messages.filter(({ user }) => user === bot.user).map((one) => seenOf(room, one)),
      )
      .sort((a, b) => Number(a.id) - Number(b.id))
  const told = () => watchers.forEach((look) => look())

  // What is delivered, and again until it is acknowledged.

  const live = () => [...sockets].filter(({ data }) => data.live)
  const attempt = async (envelope: Envelope) => {
    clearTimeout(envelope.timer)
    if (mode === "http") return await request(envelope)
    const target = live()[Math.floor(Math.random() * live().length)]
    if (!target) return
    handedOver.push({ id: envelope.id, tries: envelope.tries })
    target.send(
      JSON.stringify({
        type: envelope.type,
        envelope_id: envelope.id,
        payload: envelope.payload,
        accepts_response_payload: envelope.type !== "events_api",
        ...(envelope.type === "events_api" && {
          retry_attempt: envelope.tries,
          retry_reason: envelope.tries ? "timeout" : "",
        }),
      }),
    )
    envelope.tries++
    if (envelope.type === "events_api")
      envelope.timer = setTimeout(() => void attempt(envelope), redeliverMs)
  }
  const settle = (envelope: Envelope, told: unknown) => {
    clearTimeout(envelope.timer)
    pending.delete(envelope.id)
    acks++
    envelope.acked.resolve(told)
  }
  const request = async (envelope: Envelope) => {
    if (!requestUrl) return
    handedOver.push({ id: envelope.id, tries: envelope.tries })
    const more: Record<string, string> = envelope.tries
      ? { "x-slack-retry-num": String(envelope.tries), "x-slack-retry-reason": "http_timeout" }
      : {}
    envelope.tries++
    const response = await requestUrl(signed(envelope, more)).catch(() => undefined)
    if (response?.status === 200) return settle(envelope, await response.text())
    if (envelope.type === "events_api")
      envelope.timer = setTimeout(() => void attempt(envelope), redeliverMs)
    else settle(envelope, response && (await response.text()))
  }
  const deliver = (type: string, payload: object) => {
    const envelope: Envelope = {
      id: randomUUID(),
      type,
      payload,
      tries: 0,
      acked: Promise.withResolvers(),
    }
    pending.set(envelope.id, envelope)
    void attempt(envelope)
    return envelope.acked.promise
  }
  const tell = (event: Record<string, unknown>, id: string) => {
    const payload = {
      token: "unused",
      team_id: bot.team,
      api_app_id: "AFAKE0001",
      event,
      type: "event_callback",
      event_id: `Ev${randomUUID().slice(0, 8)}`,
      event_time: Math.floor(Date.now() / 1000),
    }
    events.set(id, { type: "events_api", payload })
    void deliver("events_api", payload)
    return id
  }

  /** A request as Slack makes it. */
  const signed = (
    { type, payload }: Pick<Envelope, "type" | "payload">,
    more: Record<string, string> = {},
    { at = Math.floor(Date.now() / 1000), secret = signingSecret } = {},
  ) => {
    const fields = payload as Record<string, string>
    const [body, contentType] =
      type === "events_api"
        ? [JSON.stringify(payload), "application/json"]
        : [
            new URLSearchParams(
              type === "interactive" ? { payload: JSON.stringify(payload) } : fields,
            ).toString(),
            "application/x-www-form-urlencoded",
          ]
    const signature = createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")
    return new Request("http://127.0.0.1/slack/events", {
      method: "POST",
      body,
      headers: {
        "content-type": contentType,
        "x-slack-request-timestamp": String(at),
        "x-slack-signature": `v0=${signature}`,
        ...more,
      },
    })
  }

  // The Web API.

  const answerCall = async (method: string, request: Request): Promise<Response> => {
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? ""
    const args = Object.fromEntries(new URLSearchParams(await request.text()))
    calls.push({ method, args })
    const headers = { "x-oauth-scopes": [...workspace.scopes].join(",") }
    try {
      if (!Object.values(tokens).includes(token)) throw new Refused("invalid_auth")
      if (method === "apps.connections.open") return Response.json(openConnection(token))
      const run = methods[method]
      if (!run) throw new Refused("unknown_method")
      const failure = sends.has(method) ? failures.shift() : undefined
      if (failure?.how === "busy")
        return new Response("slow down", {
          status: 429,
          headers: { "retry-after": String(Math.ceil((failure.retryAfterMs ?? 1000) / 1000)) },
        })
      if (failure?.how === "broken") return new Response("<html>oops</html>", { status: 500 })
      if (failure?.how === "refused") throw new Refused("restricted_action")
      const call: Call = { workspace, args, token, origin: server.url.origin, told }
      const result = { ok: true, ...run(call) }
      return failure?.how === "lost" ? brokenOff() : Response.json(result, { headers })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return Response.json({ ok: false, error: error.code, ...error.more }, { headers })
    }
  }
  const openConnection = (token: string) => {
    if (token !== tokens.app) throw new Refused("not_allowed_token_type")
    if (sockets.size >= 10) throw new Refused("too_many_websockets")
    const ticket = randomUUID()
    tickets.add(ticket)
    return { ok: true, url: `ws://127.0.0.1:${server.port}/link/?ticket=${ticket}` }
  }

  const respond = async (id: string, request: Request) => {
    const address = responses.get(id)
    if (!address) return new Response("expired_url", { status: 404 })
    if (address.uses >= 5) return Response.json({ ok: false, error: "used_url" }, { status: 404 })
    address.uses++
    address.said.push((await request.json()) as Record<string, unknown>)
    told()
    return new Response("ok")
  }

  const server = Bun.serve<{ live: boolean }, never>({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, server) {
      const { pathname, searchParams } = new URL(request.url)
      const [, kind, id = ""] = pathname.split("/")
      if (kind === "link") {
        if (!tickets.delete(searchParams.get("ticket") ?? ""))
          return new Response("", { status: 400 })
        server.upgrade(request, { data: { live: false } })
        return undefined as never
      }
      if (kind === "api") return await answerCall(id, request)
      if (kind === "response") return await respond(id, request)
      const file = workspace.files.get(id)
      if (kind === "upload" && file) {
        const bytes = await uploaded(request)
        if (bytes.length !== file.bytes.length) return new Response("wrong length", { status: 400 })
        file.bytes = bytes
        return new Response(`OK - ${bytes.length}`)
      }
      if (kind === "files" && file) {
        // As Slack does: who is not let in is shown the page to log in.
        if (request.headers.get("authorization") !== `Bearer ${tokens.bot}`)
          return Response.redirect("https://fake.invalid/login")
        return new Response(new Blob([file.bytes as Uint8Array<ArrayBuffer>]))
      }
      return new Response("", { status: 404 })
    },
    websocket: {
      idleTimeout: 0,
      sendPings: false,
      open(socket) {
        opened++
        sockets.add(socket)
        socket.data.live = true
        socket.send(
          JSON.stringify({
            type: "hello",
            num_connections: sockets.size,
            connection_info: { app_id: "AFAKE0001" },
            debug_info: { host: "fake", approximate_connection_time: 18060 },
          }),
        )
        socket.ping()
        for (const connected of connectors) connected()
        for (const envelope of pending.values()) void attempt(envelope)
      },
      message(_socket, data) {
        const { envelope_id: id, payload } = JSON.parse(String(data)) as {
          envelope_id: string
          payload?: unknown
        }
        const envelope = pending.get(id)
        if (envelope) settle(envelope, payload)
      },
      close: (socket) => void sockets.delete(socket),
    },
  })

  // What people do.

  const roomOf = ({ id }: FakeRoom) => workspace.room(id)
  const say: FakeNetwork["say"] = async (person, place, text, extra = {}) => {
    const room = roomOf(place)
    const thread = extra.replyTo ?? place.thread
    const raw = `${extra.mention ? `<@${bot.user}> ` : ""}${escaped(text)}`
    const files = extra.file ? [addFile(extra.file)] : []
    const message = addMessage(workspace, room, {
      user: person.id,
      text: raw,
      ...(thread && { thread_ts: thread }),
      files,
    })
    const root = room.messages.find(({ ts }) => ts === thread)
    const event = {
      user: person.id,
      ts: message.ts,
      event_ts: message.ts,
      channel: room.id,
      text: raw,
      team: bot.team,
      ...(thread && { thread_ts: thread, parent_user_id: root?.user }),
    }
    tell(
      {
        ...event,
        type: "message",
        channel_type: room.kind,
        ...(files.length && { subtype: "file_share", files: files.map(toldFile) }),
      },
      message.ts,
    )
    // A mention is told a second time, as an event of its own and without the kind of room.
    if (extra.mention) tell({ ...event, type: "app_mention" }, `${message.ts}:mention`)
    return message.ts
  }
  const addFile = ({
    name,
    bytes,
    mimeType,
  }: {
    name: string
    bytes: Uint8Array
    mimeType: string
  }) => {
    const file = {
      id: `F${workspace.files.size + 1}FILE`,
      name,
      mimetype: mimeType,
      bytes,
      shares: {},
    }
    workspace.files.set(file.id, file)
    return file
  }
  const toldFile = ({ id, name, mimetype, bytes }: ReturnType<typeof addFile>) => {
    const url = `${server.url.origin}/files/${id}/${encodeURIComponent(name)}`
    return { id, name, mimetype, size: bytes.length, url_private: url, url_private_download: url }
  }

  /** A message of the bot in that room, to do something with. */
  const botMessage = (place: FakeRoom) =>
    addMessage(workspace, roomOf(place), { user: bot.user, bot_id: bot.id, text: "something said" })
  const said = (person: FakePerson, place: FakeRoom) =>
    addMessage(workspace, roomOf(place), { user: person.id, text: "something said" })

  const plainEvent =
    (make: (person: FakePerson, place: FakeRoom) => Record<string, unknown>) =>
    async (person: FakePerson, place: FakeRoom) => {
      const ts = workspace.ts()
      return tell({ user: person.id, channel: place.id, event_ts: ts, ...make(person, place) }, ts)
    }
  const reaction = (type: string) =>
    plainEvent((_person, place) => {
      const { ts } = botMessage(place)
      const item = { type: "message", channel: place.id, ts }
      return { type, reaction: "eyes", item, item_user: bot.user, channel: undefined }
    })
  const pin = (type: string) =>
    plainEvent((_person, place) => {
      const message = botMessage(place)
      const item = { type: "message", channel: place.id, message: { ts: message.ts } }
      return { type, channel_id: place.id, channel: undefined, item }
    })
  const membership = (type: string) =>
    plainEvent(() => ({ type, channel_type: "C", team: bot.team }))

  const press = async (
    person: FakePerson,
    place: FakeRoom,
    value = "yes",
    actionId = "fased:0:0",
  ) => {
    const { ts, thread_ts } = botMessage(place)
    const at = workspace.ts()
    const payload = {
      type: "block_actions",
      team: { id: bot.team },
      user: { id: person.id, username: person.username },
      channel: { id: place.id, name: "general" },
      message: { ts, thread_ts, user: bot.user, text: "something said" },
      container: { type: "message", message_ts: ts, channel_id: place.id },
      trigger_id: `${at}.trigger`,
      response_url: `${server.url.origin}/response/none`,
      actions: [{ type: "button", action_id: actionId, block_id: "b", value, action_ts: at }],
    }
    events.set(at, { type: "interactive", payload })
    void deliver("interactive", payload)
    return at
  }
  const command = (person: FakePerson, place: FakeRoom, name: string, text: string) => {
    const id = randomUUID()
    responses.set(id, { uses: 0, said: [] })
    const room = roomOf(place)
    const payload = {
      command: name,
      text,
      user_id: person.id,
      user_name: person.username,
      channel_id: room.id,
      channel_name: room.kind === "im" ? "directmessage" : room.name,
      team_id: bot.team,
      trigger_id: `${workspace.ts()}.trigger`,
      response_url: `${server.url.origin}/response/${id}`,
    }
    return { acked: deliver("slash_commands", payload), response: responses.get(id)! }
  }

  const eventKinds: FakeNetwork["events"] = {
    edit: async (person, place) => {
      const message = said(person, place)
      const ts = workspace.ts()
      const before = { type: "message", user: person.id, ts: message.ts, text: message.text }
      return tell(
        {
          type: "message",
          subtype: "message_changed",
          hidden: true,
          channel: place.id,
          channel_type: roomOf(place).kind,
          ts,
          event_ts: ts,
          message: { ...before, text: "something else", edited: { user: person.id, ts } },
          previous_message: before,
        },
        ts,
      )
    },
    delete: async (person, place) => {
      const message = said(person, place)
      const ts = workspace.ts()
      return tell(
        {
          type: "message",
          subtype: "message_deleted",
          hidden: true,
          channel: place.id,
          channel_type: roomOf(place).kind,
          ts,
          event_ts: ts,
          deleted_ts: message.ts,
          previous_message: {
            type: "message",
            user: person.id,
            ts: message.ts,
            text: message.text,
          },
        },
        ts,
      )
    },
    "thread-broadcast": async (person, place) => {
      const root = botMessage(place)
      const ts = workspace.ts()
      return tell(
        {
          type: "message",
          subtype: "thread_broadcast",
          user: person.id,
          text: "also for all",
          ts,
          event_ts: ts,
          thread_ts: root.ts,
          channel: place.id,
          channel_type: roomOf(place).kind,
        },
        ts,
      )
    },
    reaction: reaction("reaction_added"),
    "reaction-removed": reaction("reaction_removed"),
    pin: pin("pin_added"),
    unpin: pin("pin_removed"),
    join: membership("member_joined_channel"),
    leave: membership("member_left_channel"),
    press: (person, place) => press(person, place),
    command: async (person, place) => {
      command(person, place, "/fased", "/status")
      return "command"
    },
  }

  return {
    channel: "slack",
    settings: {
      mode,
      botToken: tokens.bot,
      ...(mode === "socket" ? { appToken: tokens.app } : { signingSecret }),
      apiUrl: `${server.url.origin}/api/`,
    },
    room: { id: "CROOM0001", kind: "channel" },
    ada,
    direct: ({ id }: FakePerson): FakeRoom => ({ id: workspace.direct(id).id, kind: "direct" }),
    say,
    async repeat(id: string) {
      const known = events.get(id)
      if (known) await deliver(known.type, known.payload)
    },
    events: eventKinds,
    get seen() {
      return seen()
    },
    until(fits: (seen: Seen) => boolean) {
      const found = Promise.withResolvers<Seen>()
      const look = () => {
        const one = seen().find(fits)
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
      for (const socket of sockets) {
        socket.data.live = false
        socket.terminate()
      }
    },
    get connected() {
      return mode === "http" || live().length > 0
    },
    async untilConnected() {
      if (mode === "http" || live().length) return
      const connected = Promise.withResolvers<void>()
      connectors.add(connected.resolve)
      await connected.promise
      connectors.delete(connected.resolve)
    },
    async [Symbol.asyncDispose]() {
      for (const { timer } of pending.values()) clearTimeout(timer)
      pending.clear()
      for (const socket of sockets) socket.terminate()
      await server.stop(true)
    },

    // What only Slack has.
    workspace,
    calls,
    press,
    command,
    tell,
    signed,
    handedOver,
    /** Slack announces the end of every socket. */
    refresh(reason = "refresh_requested") {
      for (const socket of live())
        socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "fake" } }))
    },
    get acks() {
      return acks
    },
    get sockets() {
      return sockets.size
    },
    get opened() {
      return opened
    },
    get pending() {
      return pending.size
    },
  } satisfies FakeNetwork & Record<string, unknown>
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The bytes as they are, or as the field of a form. */
const uploaded = async (request: Request) => {
  if (!request.headers.get("content-type")?.startsWith("multipart/"))
    return new Uint8Array(await request.arrayBuffer())
  const [field] = [...(await request.formData()).values()]
  return new Uint8Array(await new Response(field).arrayBuffer())
}

/** The answer begins and never ends. */
const brokenOff = () => new Response('{"ok":')

const seenOf = (room: StoredRoom, message: StoredMessage): Seen => {
  const buttons = (message.blocks ?? [])
    .filter(({ type }) => type === "actions")
    .map(({ elements = [] }) =>
      elements.map(({ text, value, style }) => ({
        label: text!.text,
        data: String(value),
        ...(style !== undefined && { tone: style === "primary" ? "good" : "bad" }),
      })),
    ) as Part["buttons"]
  return {
    id: message.ts,
    at: Math.round(Number(message.ts) * 1000),
    room: room.id,
    ...(message.thread_ts && { thread: message.thread_ts, replyTo: message.thread_ts }),
    text: shown(message),
    edited: message.edited,
    ...(buttons?.length && { buttons }),
    files: message.files.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
  }
}
