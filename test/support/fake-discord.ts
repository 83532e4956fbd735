import { readDiscordMarkdown } from "./discord-markdown.ts"
import type { FakeNetwork, FakePerson, FakeRoom, Seen } from "./fake-network.ts"

type Json = Record<string, unknown>

/** What Discord refuses. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: Json,
    readonly headers: Record<string, string> = {},
  ) {
    super(String(body.message))
  }
}
const bad = (status: number, code: number, message: string) =>
  new Refusal(status, { code, message })
const invalid = (field: string, message: string) =>
  new Refusal(400, {
    code: 50035,
    message: "Invalid Form Body",
    errors: { [field]: { _errors: [{ code: "BASE_TYPE", message }] } },
  })

interface Session {
  id: string
  intents: number
  seq: number
  events: { s: number; t: string; d: unknown }[]
  socket?: Socket
}
interface Link {
  session?: Session
}
type Socket = Bun.ServerWebSocket<Link>

const intent = {
  guilds: 1,
  messages: 1 << 9,
  reactions: 1 << 10,
  direct: 1 << 12,
  content: 1 << 15,
}
const privileged = intent.content | (1 << 1) | (1 << 8)

export interface FakeDiscord extends FakeNetwork {
  readonly token: string
  /** Of the API, without its version. */
  readonly root: string
  readonly selfId: string
  readonly guild: string
  readonly role: string
  /** The role that Discord made for the bot. */
  readonly botRole: string
  readonly thread: FakeRoom
  readonly forum: FakeRoom
  readonly groupChat: FakeRoom
  /** Every request, oldest first. */
  readonly requests: readonly { method: string; path: string; body: Json }[]
  /** Operations the bot sent over the gateway. */
  readonly operations: readonly number[]
  /** Hands the bot any event. */
  dispatch(type: string, data: Json): void
  /** A message as Discord tells it, with what is given; its id. */
  message(person: FakePerson, room: FakeRoom, content: Json): string
  /** Somebody uses a slash command; resolves with what the bot answered at first. */
  command(person: FakePerson, room: FakeRoom, name: string, input?: string): Promise<Json>
  press(person: FakePerson, room: FakeRoom, data: string): Promise<Json>
  /** Answers the next request to that path with an error. */
  refuse(path: RegExp, status: number, code: number, message: string): void
  /** Privileged intents that are turned on in the portal. */
  allowedIntents: number
  /** How often the gateway wants a heartbeat. */
  heartbeatMs: number
  /** It hears heartbeats and answers none. */
  deaf: boolean
  /** Closes the gateway connections with a code. */
  closeWith(code: number): void
  /** Tells the bot to come back by a new connection. */
  reconnect(): void
  forget(): void
  readonly commands: readonly Json[]
}

/** Discord on port 0: gateway and REST, version 10. */
export const fakeDiscord = async (): Promise<FakeDiscord> => {
  let counter = 0n
  const nextId = () => {
    const now = BigInt(Date.now() - 1_420_070_400_000) << 22n
    return String((counter = counter < now ? now : counter + 1n))
  }
  const [selfId, appId, guild, role, botRole] = [nextId(), nextId(), nextId(), nextId(), nextId()]
  const token = `${Buffer.from(selfId).toString("base64url")}.fake01.${crypto.randomUUID().replaceAll("-", "")}`
  const self = {
    id: selfId,
    username: "fased_bot",
    discriminator: "0",
    global_name: null,
    avatar: null,
    bot: true,
  }
  const ada: FakePerson = { id: nextId(), name: "Ada", username: "ada" }
  const [directId, roomId, threadId, forumId, groupId] = [
    nextId(),
    nextId(),
    nextId(),
    nextId(),
    nextId(),
  ]
  const channels = new Map<string, Json>(
    [
      { id: roomId, type: 0, guild_id: guild, name: "the-room", parent_id: null },
      { id: threadId, type: 11, guild_id: guild, name: "a thread", parent_id: roomId },
      { id: forumId, type: 15, guild_id: guild, name: "forum", parent_id: null },
      { id: groupId, type: 3, name: "a group", recipients: [] },
      { id: directId, type: 1, recipients: [{ id: ada.id, username: "ada", discriminator: "0" }] },
    ].map((one) => [one.id, one]),
  )
  const room: FakeRoom = { id: roomId, kind: "channel" }
  const seen: Seen[] = []
  const requests: { method: string; path: string; body: Json }[] = []
  const operations: number[] = []
  const sessions = new Map<string, Session>()
  const messages = new Map<string, Json>()
  const nonces = new Map<string, Json>()
  const reactions = new Set<string>()
  const files = new Map<string, Uint8Array>()
  const answers = new Map<string, PromiseWithResolvers<Json>>()
  const acknowledged = new Set<string>()
  const watchers = new Set<() => void>()
  const failures: { how: Parameters<FakeNetwork["next"]>[0]; retryAfterMs: number }[] = []
  const refusals: { path: RegExp; refusal: Refusal }[] = []
  const buckets = new Map<string, { left: number; resetAt: number }>()
  const joinedAt = new Date().toISOString()
  let commands: Json[] = []
  let allowedIntents = privileged
  let heartbeatMs = 41_250
  let deaf = false

  const changed = () => {
    for (const look of watchers) look()
  }
  const when = (holds: () => boolean) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (!holds()) return
      watchers.delete(look)
      resolve()
    }
    watchers.add(look)
    look()
    return promise
  }

  const userOf = ({ id, name, username }: FakePerson) => ({
    id,
    username: username ?? name.toLowerCase(),
    discriminator: "0",
    global_name: name,
    avatar: null,
  })
  const memberOf = () => ({ roles: [role], nick: null, joined_at: null, deaf: false, mute: false })
  const guildOf = (at: FakeRoom) => channels.get(at.id)?.guild_id as string | undefined
  const inGuild = (at: FakeRoom) => (guildOf(at) ? { guild_id: guild, member: memberOf() } : {})
  const guildObject = () => ({
    id: guild,
    name: "The Server",
    roles: [
      { id: role, name: "people" },
      { id: botRole, name: "fased_bot", tags: { bot_id: selfId } },
    ],
    joined_at: joinedAt,
    channels: told((one) => Boolean(one.guild_id) && one.type !== 11),
    threads: told((one) => one.type === 11),
  })
  const told = (fits: (channel: Json) => boolean) =>
    [...channels.values()].filter(fits).map((one) => ({
      ...one,
      last_message_id: [...messages.values()].findLast((said) => said.channel_id === one.id)?.id,
    }))

  // Gateway

  const wants = (session: Session, type: string, data: Json) => {
    const direct = data.guild_id === undefined
    if (type.startsWith("MESSAGE_REACTION"))
      return session.intents & (direct ? 1 << 13 : intent.reactions)
    if (type.startsWith("MESSAGE_"))
      return session.intents & (direct ? intent.direct : intent.messages)
    return true
  }

  const put = (socket: Socket, frame: Json) => socket.send(JSON.stringify(frame))

  const tell = (session: Session, type: string, data: Json) => {
    if (!wants(session, type, data)) return
    const named =
      Array.isArray(data.mentions) && data.mentions.some((one) => (one as Json).id === selfId)
    const blind =
      type === "MESSAGE_CREATE" &&
      !(session.intents & intent.content) &&
      data.guild_id !== undefined &&
      !named
    const event = {
      s: (session.seq += 1),
      t: type,
      d: blind ? { ...data, content: "", attachments: [] } : data,
    }
    session.events.push(event)
    if (session.socket) put(session.socket, { op: 0, ...event })
  }

  const dispatch = (type: string, data: Json) => {
    for (const session of sessions.values()) tell(session, type, data)
  }

  const identify = (socket: Socket, data: Json) => {
    if (data.token !== token) return socket.close(4004, "Authentication failed.")
    if (typeof data.intents !== "number" || !data.properties)
      return socket.close(4002, "Decode error")
    if (data.intents & privileged & ~allowedIntents)
      return socket.close(4014, "Disallowed intent(s).")
    const session: Session = {
      id: crypto.randomUUID().replaceAll("-", ""),
      intents: data.intents,
      seq: 0,
      events: [],
      socket,
    }
    sessions.set(session.id, session)
    socket.data.session = session
    tell(session, "READY", {
      v: 10,
      user: self,
      guilds: [{ id: guild, unavailable: true }],
      session_id: session.id,
      resume_gateway_url: gatewayUrl(),
      application: { id: appId, flags: 0 },
    })
    tell(session, "GUILD_CREATE", guildObject())
    changed()
  }

  const resume = (socket: Socket, data: Json) => {
    if (data.token !== token) return socket.close(4004, "Authentication failed.")
    const session = sessions.get(String(data.session_id))
    if (!session) return put(socket, { op: 9, d: false, s: null, t: null })
    const seq = Number(data.seq)
    if (seq > session.seq) return socket.close(4007, "Invalid seq.")
    session.socket?.close(4000)
    session.socket = socket
    socket.data.session = session
    for (const event of session.events.filter(({ s }) => s > seq)) put(socket, { op: 0, ...event })
    tell(session, "RESUMED", {})
    changed()
  }

  const hear = (socket: Socket, text: string) => {
    const { op, d } = JSON.parse(text) as { op: number; d: unknown }
    operations.push(op)
    changed()
    if (op === 1 && !deaf) put(socket, { op: 11, d: null, s: null, t: null })
    else if (op === 2) identify(socket, d as Json)
    else if (op === 6) resume(socket, d as Json)
    else if (op !== 1 && op !== 3) socket.close(4001, "Unknown opcode.")
  }

  // What people do

  const message = (person: FakePerson, at: FakeRoom, content: Json) => {
    const id = nextId()
    const said = {
      id,
      channel_id: at.id,
      author: userOf(person),
      ...inGuild(at),
      type: 0,
      content: "",
      timestamp: new Date().toISOString(),
      edited_timestamp: null,
      tts: false,
      mention_everyone: false,
      mentions: [],
      mention_roles: [],
      attachments: [],
      embeds: [],
      pinned: false,
      ...content,
    }
    messages.set(id, said)
    dispatch("MESSAGE_CREATE", said)
    return id
  }

  const interact = (person: FakePerson, at: FakeRoom, content: Json) => {
    const id = nextId()
    const answer = Promise.withResolvers<Json>()
    answers.set(id, answer)
    const user = userOf(person)
    dispatch("INTERACTION_CREATE", {
      id,
      application_id: appId,
      token: `${"t".repeat(80)}${id}`,
      version: 1,
      channel_id: at.id,
      ...(guildOf(at) ? { guild_id: guild, member: { ...memberOf(), user } } : { user }),
      ...content,
    })
    return answer.promise
  }

  const press = (person: FakePerson, at: FakeRoom, data: string) =>
    interact(person, at, {
      type: 3,
      message: { id: roomId },
      data: { custom_id: data, component_type: 2 },
    })

  // REST

  const checkMessage = (body: Json, hasFile: boolean) => {
    const {
      content = "",
      components,
      flags = 0,
    } = body as {
      content?: string
      components?: Json[]
      flags?: number
    }
    if (content.length > 2000) throw invalid("content", "Must be 2000 or fewer in length.")
    if (!content && !hasFile && !body.poll && !components?.length)
      throw bad(400, 50006, "Cannot send an empty message")
    if (typeof flags !== "number") throw invalid("flags", "Not an integer.")
    for (const row of components ?? []) {
      const buttons = row.components as Json[]
      if (row.type !== 1 || !buttons.length || buttons.length > 5)
        throw invalid("components", "Must be between 1 and 5 in length.")
      for (const { type, label, custom_id: data } of buttons)
        if (type !== 2 || !label || !data || String(data).length > 100)
          throw invalid("components", "Invalid component.")
    }
    const poll = body.poll as { answers: Json[]; duration: number } | undefined
    if (poll && (poll.answers.length > 10 || poll.duration > 768))
      throw invalid("poll", "This poll is not valid.")
    const allowed = body.allowed_mentions as { parse?: string[] } | undefined
    if (/@everyone|@here|<@&\d/.test(content) && allowed?.parse?.includes("everyone") !== false)
      throw new Error("somebody alerted everybody")
  }

  const buttonsOf = (body: Json): Seen["buttons"] =>
    (body.components as { components: Json[] }[] | undefined)?.map(({ components }) =>
      components.map(({ label, custom_id: data }) => ({
        label: String(label),
        data: String(data),
      })),
    )

  const post = (channel: string, body: Json, sent: readonly File[]) => {
    checkMessage(body, sent.length > 0)
    const { nonce, enforce_nonce: enforced } = body
    if (nonce !== undefined && String(nonce).length > 25)
      throw invalid("nonce", "Must be 25 or fewer in length.")
    const once = enforced ? nonces.get(`${channel}:${String(nonce)}`) : undefined
    if (once) return once
    const reference = body.message_reference as
      { message_id: string; fail_if_not_exists?: boolean } | undefined
    const answered = reference && messages.get(reference.message_id)
    if (reference && !answered && reference.fail_if_not_exists !== false)
      throw invalid("message_reference", "Unknown message")
    const id = nextId()
    const content = String(body.content ?? "")
    const timestamp = new Date().toISOString()
    const attachments = sent.map(({ name, size }) => ({
      id: nextId(),
      filename: name,
      size,
      url: "",
    }))
    const posted = {
      id,
      channel_id: channel,
      author: self,
      type: 0,
      content,
      timestamp,
      edited_timestamp: null,
      mentions: [],
      mention_roles: [],
      mention_everyone: false,
      attachments,
      embeds: [],
      flags: body.flags ?? 0,
      ...(nonce !== undefined && { nonce }),
    }
    messages.set(id, posted)
    if (enforced) nonces.set(`${channel}:${String(nonce)}`, posted)
    seen.push({
      id,
      at: Date.parse(timestamp),
      room: channel,
      text: readDiscordMarkdown(content),
      ...(answered && { replyTo: reference.message_id }),
      edited: 0,
      buttons: buttonsOf(body),
      files: sent.map(({ name, size }) => ({ name, bytes: size })),
    })
    changed()
    const { guild_id } = channels.get(channel) ?? {}
    dispatch("MESSAGE_CREATE", guild_id ? { ...posted, guild_id } : posted)
    return posted
  }

  const edit = (id: string, body: Json) => {
    const found = seen.find((one) => one.id === id) as Mutable<Seen> | undefined
    const kept = messages.get(id)
    if (!found || !kept) throw bad(404, 10008, "Unknown Message")
    checkMessage(body, found.files.length > 0)
    found.text = readDiscordMarkdown(String(body.content ?? ""))
    found.buttons = buttonsOf(body)
    found.edited += 1
    kept.content = body.content
    changed()
    return kept
  }

  const channelIn = (id: string) => {
    const found = channels.get(id)
    if (!found) throw bad(404, 10003, "Unknown Channel")
    return found
  }

  type Route = (
    ids: string[],
    body: Json,
    files: readonly File[],
    query: URLSearchParams,
  ) => unknown
  const routes: readonly [string, RegExp, Route][] = [
    ["GET", /^\/users\/@me$/, () => self],
    [
      "GET",
      /^\/(?:applications|oauth2\/applications)\/@me$/,
      () => ({ id: appId, flags: allowedIntents & intent.content ? 1 << 19 : 0, bot: self }),
    ],
    [
      "GET",
      /^\/gateway\/bot$/,
      () => ({
        url: gatewayUrl(),
        shards: 1,
        session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 },
      }),
    ],
    [
      "POST",
      /^\/users\/@me\/channels$/,
      (_, { recipient_id }) => {
        if (recipient_id !== ada.id) throw bad(400, 50007, "Cannot send messages to this user")
        return channels.get(directId)
      },
    ],
    [
      "PUT",
      /^\/applications\/(\d+)\/commands$/,
      ([app], body) => {
        if (app !== appId) throw bad(403, 20012, "You are not authorized")
        commands = body as unknown as Json[]
        for (const { name, description, type } of commands)
          if (
            !/^[-_\p{L}\p{N}]{1,32}$/u.test(String(name)) ||
            (type === 1 && (!description || String(description).length > 100))
          )
            throw invalid("0", "Command name is invalid")
        return commands
      },
    ],
    ["GET", /^\/channels\/(\d+)$/, ([id]) => channelIn(id!)],
    [
      "GET",
      /^\/guilds\/(\d+)$/,
      ([id]) => {
        if (id !== guild) throw bad(404, 10004, "Unknown Guild")
        return guildObject()
      },
    ],
    [
      "GET",
      /^\/guilds\/\d+\/members\/(\d+)$/,
      ([id]) => {
        if (id !== ada.id) throw bad(404, 10007, "Unknown Member")
        return { ...memberOf(), user: userOf(ada) }
      },
    ],
    ["GET", /^\/guilds\/(\d+)\/channels$/, () => guildObject().channels],
    [
      "PUT",
      /^\/guilds\/\d+\/members\/\d+\/roles\/\d+$/,
      () => {
        throw bad(403, 50013, "Missing Permissions")
      },
    ],
    [
      "POST",
      /^\/channels\/(\d+)\/messages$/,
      ([id], body, sent) => {
        if (channelIn(id!).type === 15)
          throw bad(400, 50008, "Cannot send messages in a non-text channel")
        return post(id!, body, sent)
      },
    ],
    [
      "GET",
      /^\/channels\/(\d+)\/messages$/,
      ([id], _, __, query) =>
        [...messages.values()]
          .filter((one) => one.channel_id === channelIn(id!).id)
          .filter((one) => BigInt(String(one.id)) > BigInt(query.get("after") ?? 0))
          .map(({ member: _, guild_id: __, ...told }) => told)
          .slice(...(query.has("after") ? [0, limitIn(query)] : [-limitIn(query)]))
          .reverse(),
    ],
    [
      "GET",
      /^\/channels\/(\d+)\/messages\/(\d+)$/,
      ([channel, id]) => {
        const found = messages.get(id!)
        if (!found) throw bad(404, 10008, "Unknown Message")
        const own = [...reactions].filter((one) => one.startsWith(`${channel}:${id}:`))
        return {
          ...found,
          reactions: own.map((one) => ({
            me: true,
            count: 1,
            emoji: { id: null, name: one.split(":")[2] },
          })),
        }
      },
    ],
    ["PATCH", /^\/channels\/\d+\/messages\/(\d+)$/, ([id], body) => edit(id!, body)],
    [
      "DELETE",
      /^\/channels\/\d+\/messages\/(\d+)$/,
      ([id]) => {
        const index = seen.findIndex((one) => one.id === id)
        if (index < 0) throw bad(404, 10008, "Unknown Message")
        seen.splice(index, 1)
      },
    ],
    [
      "PUT",
      /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/,
      ([channel, id, emoji]) => {
        if (!messages.has(id!)) throw bad(404, 10008, "Unknown Message")
        if (/^\w+$/.test(emoji!)) throw bad(400, 10014, "Unknown Emoji")
        reactions.add(`${channel}:${id}:${emoji}`)
      },
    ],
    [
      "DELETE",
      /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/,
      ([channel, id, emoji]) => {
        reactions.delete(`${channel}:${id}:${emoji}`)
      },
    ],
    ["POST", /^\/channels\/(\d+)\/typing$/, ([id]) => void channelIn(id!)],
    ["PUT", /^\/channels\/(\d+)\/messages\/pins\/\d+$/, ([id]) => void channelIn(id!)],
    [
      "POST",
      /^\/channels\/(\d+)\/threads$/,
      ([id], body, sent) => {
        const { name, message: first } = body as { name?: string; message?: Json }
        if (!name || name.length > 100)
          throw invalid("name", "Must be between 1 and 100 in length.")
        const forum = channelIn(id!).type === 15
        if (forum && !first) throw invalid("message", "This field is required")
        if (forum && first?.components)
          throw invalid("components", "Not allowed on the first message")
        const made = forum ? String(post(id!, first!, sent).id) : nextId()
        channels.set(made, { id: made, type: 11, guild_id: guild, parent_id: id, name })
        return channels.get(made)
      },
    ],
    [
      "POST",
      /^\/interactions\/(\d+)\/[^/]+\/callback$/,
      ([id], body) => {
        if (!answers.has(id!)) throw bad(404, 10062, "Unknown interaction")
        if (acknowledged.has(id!))
          throw bad(400, 40060, "Interaction has already been acknowledged.")
        acknowledged.add(id!)
        answers.get(id!)!.resolve(body)
      },
    ],
    [
      "POST",
      /^\/webhooks\/(\d+)\/t+(\d+)$/,
      ([, id], body, sent) => {
        if (!acknowledged.has(id!)) throw bad(404, 10015, "Unknown Webhook")
        return post(roomId, body, sent)
      },
    ],
    ["PATCH", /^\/webhooks\/\d+\/t+\d+\/messages\/(\d+)$/, ([id], body) => edit(id!, body)],
  ]

  const limitOf = (method: string, path: string) => {
    const key = `${method} ${path.replace(/\d{5,}(?=\/(?:messages|reactions)\/)/, "")}`
    const now = performance.now()
    const kept = buckets.get(key)
    const bucket = kept && kept.resetAt > now ? kept : { left: 5, resetAt: now + 300 }
    buckets.set(key, bucket)
    const resetAfter = ((bucket.resetAt - now) / 1000).toFixed(3)
    if (bucket.left <= 0) throw tooMany(Number(resetAfter))
    bucket.left -= 1
    return {
      "x-ratelimit-bucket": Bun.hash(key).toString(16),
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": String(bucket.left),
      "x-ratelimit-reset-after": resetAfter,
    }
  }
  const tooMany = (seconds: number) =>
    new Refusal(
      429,
      { message: "You are being rate limited.", retry_after: seconds, global: false },
      { "retry-after": String(Math.ceil(seconds)), "x-ratelimit-scope": "user" },
    )

  const isSend = (method: string, path: string) =>
    method === "POST" && /^\/(?:channels\/\d+\/messages|webhooks\/.*)$/.test(path)

  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const attachment = files.get(url.pathname)
    if (attachment) return new Response(attachment as Uint8Array<ArrayBuffer>)
    const path = /^\/api\/v10(\/.*)$/.exec(decodeURI(url.pathname))?.[1]
    if (!path) return new Response("not found", { status: 404 })
    if (
      !/^\/(?:interactions|webhooks)\//.test(path) &&
      request.headers.get("authorization") !== `Bot ${token}`
    )
      throw new Refusal(401, { message: "401: Unauthorized", code: 0 })
    if (!/^DiscordBot \(\S+, .+\)/.test(request.headers.get("user-agent") ?? ""))
      throw new Refusal(403, { message: "a bot names itself as DiscordBot", code: 40333 })
    const { body, sent } = await read(request)
    requests.push({ method: request.method, path, body })
    changed()
    const failure = isSend(request.method, path) ? failures.shift() : undefined
    if (failure?.how === "broken") return new Response("upstream error", { status: 502 })
    if (failure?.how === "busy") throw tooMany(failure.retryAfterMs / 1000)
    if (failure?.how === "refused") throw bad(403, 50013, "Missing Permissions")
    const planned = refusals.findIndex((one) => one.path.test(path))
    if (planned >= 0) throw refusals.splice(planned, 1)[0]!.refusal
    const found = routes.find(
      ([method, pattern]) => method === request.method && pattern.test(path),
    )
    if (!found) throw new Refusal(404, { message: "404: Not Found", code: 0 })
    const headers = limitOf(request.method, path)
    const ids = found[1].exec(path)!.slice(1).map(decodeURIComponent)
    const result = found[2](ids, body, sent, url.searchParams)
    if (failure?.how === "lost") return new Response('{"id":"1', { headers })
    return result === undefined
      ? new Response(null, { status: 204, headers })
      : Response.json(result, { headers })
  }

  const fetch = async (request: Request, server: Bun.Server<Link>) => {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith("/gateway"))
      return server.upgrade(request, { data: {} }) ? undefined : new Response(null, { status: 400 })
    try {
      return await answer(request)
    } catch (error) {
      if (error instanceof Refusal)
        return Response.json(error.body, { status: error.status, headers: error.headers })
      throw error
    }
  }

  const serve = (port: number) =>
    Bun.serve<Link>({
      hostname: "127.0.0.1",
      port,
      idleTimeout: 0,
      fetch,
      websocket: {
        open(socket) {
          put(socket, { op: 10, d: { heartbeat_interval: heartbeatMs }, s: null, t: null })
        },
        message: (socket, data) => hear(socket, String(data)),
        close(socket, code) {
          const { session } = socket.data
          if (session?.socket === socket) {
            session.socket = undefined
            if (code === 1000 || code === 1001) sessions.delete(session.id)
          }
          changed()
        },
      },
    })
  let server = serve(0)
  const origin = `http://127.0.0.1:${server.port}`
  const gatewayUrl = () => `ws://127.0.0.1:${server.port}/gateway/`
  const live = () => [...sessions.values()].flatMap(({ socket }) => (socket ? [socket] : []))

  const events: FakeNetwork["events"] = {
    command: async (person, at) => {
      await interact(person, at, { type: 2, data: { id: "1", name: "help", type: 1 } })
      return "command"
    },
    edit: async (person, at) => {
      const id = nextId()
      dispatch("MESSAGE_UPDATE", {
        id,
        channel_id: at.id,
        author: userOf(person),
        ...inGuild(at),
        content: "other words",
        timestamp: new Date().toISOString(),
        edited_timestamp: new Date().toISOString(),
      })
      return id
    },
    media: async (person, at) => {
      const id = nextId()
      files.set(`/attachments/${id}`, new Uint8Array([1, 2, 3]))
      const url = `${origin}/attachments/${id}`
      return message(person, at, {
        attachments: [{ id, filename: "a.txt", size: 3, url, content_type: "text/plain" }],
      })
    },
    member: async (person, at) => message(person, at, { type: 7 }),
    pin: async (person, at) => message(person, at, { type: 6 }),
    press: async (person, at) => {
      await press(person, at, "choose:1")
      return "press"
    },
    reaction: async (person, at) => {
      dispatch("MESSAGE_REACTION_ADD", {
        user_id: person.id,
        channel_id: at.id,
        message_id: roomId,
        ...(guildOf(at) && { guild_id: guild, member: { ...memberOf(), user: userOf(person) } }),
        emoji: { id: null, name: "👍" },
      })
      return "reaction"
    },
    sticker: async (person, at) =>
      message(person, at, { sticker_items: [{ id: nextId(), name: "Fox", format_type: 1 }] }),
  }

  return {
    channel: "discord",
    settings: { token, apiRoot: `${origin}/api` },
    token,
    root: `${origin}/api`,
    selfId,
    guild,
    role,
    botRole,
    room,
    thread: { id: threadId, kind: "channel" },
    forum: { id: forumId, kind: "channel" },
    groupChat: { id: groupId, kind: "group" },
    ada,
    direct: () => ({ id: directId, kind: "direct" }),
    requests,
    operations,
    seen,
    events,
    dispatch,
    message,
    press,
    command: (person, at, name, input) =>
      interact(person, at, {
        type: 2,
        data: {
          id: "1",
          name,
          type: 1,
          ...(input !== undefined && { options: [{ name: "input", type: 3, value: input }] }),
        },
      }),
    get commands() {
      return commands
    },
    get allowedIntents() {
      return allowedIntents
    },
    set allowedIntents(bits) {
      allowedIntents = bits
    },
    get heartbeatMs() {
      return heartbeatMs
    },
    set heartbeatMs(ms) {
      heartbeatMs = ms
    },
    get deaf() {
      return deaf
    },
    set deaf(on) {
      deaf = on
    },
    closeWith: (code) => live().forEach((socket) => socket.close(code)),
    reconnect: () => live().forEach((socket) => put(socket, { op: 7, d: null, s: null, t: null })),
    forget() {
      const sockets = live()
      sessions.clear()
      for (const socket of sockets) socket.close(4000)
    },
    refuse(path, status, code, message) {
      refusals.push({ path, refusal: bad(status, code, message) })
    },
    async say(person, at, text, { mention, replyTo, file } = {}) {
      const id = file && nextId()
      if (file) files.set(`/attachments/${id}`, file.bytes)
      const answered = replyTo ? messages.get(replyTo) : undefined
      return message(person, at, {
        content: mention ? `<@${selfId}> ${text}` : text,
        mentions: mention ? [self] : [],
        ...(answered && {
          type: 19,
          referenced_message: answered,
          message_reference: { message_id: replyTo },
        }),
        ...(file && {
          attachments: [
            {
              id,
              filename: file.name,
              size: file.bytes.length,
              url: `${origin}/attachments/${id}`,
              content_type: file.mimeType,
            },
          ],
        }),
      })
    },
    async repeat(id) {
      const said = messages.get(id)
      if (!said) throw new Error(`nothing was said as ${id}`)
      dispatch("MESSAGE_CREATE", said)
    },
    async until(fits) {
      await when(() => seen.some(fits))
      return seen.find(fits)!
    },
    next(how, times = 1, retryAfterMs = 1000) {
      for (let left = times; left > 0; left -= 1) failures.push({ how, retryAfterMs })
    },
    drop() {
      const { port } = server
      for (const session of sessions.values()) session.socket = undefined
      void server.stop(true)
      server = serve(port!)
    },
    get connected() {
      return live().length > 0
    },
    untilConnected: () => when(() => live().length > 0),
    async [Symbol.asyncDispose]() {
      await server.stop(true)
    },
  }
}

const limitIn = (query: URLSearchParams) => Number(query.get("limit") ?? 50)

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const read = async (request: Request): Promise<{ body: Json; sent: File[] }> => {
  const type = request.headers.get("content-type") ?? ""
  if (type.startsWith("application/json")) return { body: (await request.json()) as Json, sent: [] }
  if (!type.startsWith("multipart/form-data")) return { body: {}, sent: [] }
  const form = await request.formData()
  const sent = [...form.values()].flatMap((value) => (typeof value === "string" ? [] : [value]))
  return { body: JSON.parse(String(form.get("payload_json") ?? "{}")) as Json, sent }
}
