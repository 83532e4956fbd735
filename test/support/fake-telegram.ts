import type { FakeNetwork, FakePerson, FakeRoom, Seen } from "./fake-network.ts"
import { parseTelegramHtml } from "./telegram-html.ts"

type Json = Record<string, unknown>

interface Update {
  update_id: number
  [kind: string]: unknown
}

/** What the Bot API refuses. */
class Refusal extends Error {
  constructor(
    readonly code: number,
    readonly description: string,
    readonly parameters?: Json,
  ) {
    super(description)
  }
}
const bad = (description: string) => new Refusal(400, `Bad Request: ${description}`)

const botId = 777000777
const username = "fased_test_bot"
const supergroup = -1001234567890
const forum = -1009876543210
const reactions = new Set(["👍", "👎", "❤", "🔥", "🎉", "👀", "🤔", "👌", "💯", "🙏"])

export interface FakeTelegram extends FakeNetwork {
  readonly token: string
  readonly root: string
  /** A group with topics; `topic` is one of them. */
  readonly forum: FakeRoom
  readonly topic: FakeRoom
  /** Every call of a method, oldest first. */
  readonly calls: readonly { method: string; params: Json }[]
  /** Hands the bot any update. */
  push(update: Json): number
  /** A message as Telegram tells it, with what is given; its id. */
  message(person: FakePerson, room: FakeRoom, content: Json): number
  /** Holds a file for download; its id. */
  keep(bytes: Uint8Array, path?: string): string
  /** Answers the next call of a method with an error. */
  refuse(method: string, code: number, description: string, parameters?: Json): void
  privacy: boolean
  /** How updates reach the webhook; what it answers decides whether they come again. */
  reach: ((request: Request) => Promise<Response>) | undefined
  /** What was not acknowledged yet. */
  readonly pending: number
}

/** The Bot API on port 0 (https://core.telegram.org/bots/api). */
export const fakeTelegram = async (): Promise<FakeTelegram> => {
  const token = `${botId}:fake_token_of_the_bot_${crypto.randomUUID().replaceAll("-", "")}`
  const self = {
    id: botId,
    is_bot: true,
    first_name: "Fased",
    username,
    can_join_groups: true,
    supports_inline_queries: false,
  }
  const ada: FakePerson = { id: "1001", name: "Ada Lovelace", username: "ada" }
  const room: FakeRoom = { id: String(supergroup), kind: "group" }
  const seen: Seen[] = []
  const calls: { method: string; params: Json }[] = []
  const messages = new Map<string, Json>()
  const topics = new Set([`${forum}:7`])
  const files = new Map<string, { path: string; bytes: Uint8Array }>()
  const watchers = new Set<() => void>()
  const failures: { how: Parameters<FakeNetwork["next"]>[0]; retryAfterMs: number }[] = []
  const refusals: { method: string; refusal: Refusal }[] = []
  let queue: Update[] = []
  let allowed: string[] = []
  let updateId = 5_000
  let messageId = 100
  let webhook = { url: "", secret: "", error: "" }
  let waiting: { end(refusal?: Refusal): void } | undefined
  let privacy = true
  let reach: FakeTelegram["reach"]

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

  const chatOf = (id: number) =>
    id === supergroup || id === forum
      ? { id, type: "supergroup", title: "The Room", ...(id === forum && { is_forum: true }) }
      : { id, type: "private", first_name: ada.name, username: ada.username }
  const userOf = ({ id, name, username }: FakePerson) => {
    const [first_name, last_name] = name.split(" ")
    return { id: Number(id), is_bot: false, first_name, last_name, username }
  }

  // Updates in

  const push = (content: Json) => {
    updateId += 1
    const kind = Object.keys(content)[0]!
    if (kind === "message_reaction" && !allowed.includes(kind)) return updateId
    queue.push({ update_id: updateId, ...content })
    waiting?.end()
    void deliver()
    return updateId
  }

  let delivering: Promise<void> | undefined
  const deliver = () =>
    (delivering ??= (async () => {
      await Promise.resolve() // what is pushed in the same breath goes along
      for (let to = reach; to && webhook.url && queue.length; to = reach) {
        const update = queue[0]!
        const request = new Request(webhook.url, {
          method: "POST",
          body: JSON.stringify(update),
          headers: {
            "content-type": "application/json",
            ...(webhook.secret && { "x-telegram-bot-api-secret-token": webhook.secret }),
          },
        })
        const { status } = await to(request)
        if (status === 200) queue = queue.filter((one) => one !== update)
        else {
          webhook.error = `Wrong response from the webhook: ${status}`
          await Bun.sleep(10) // it comes again after a while
        }
      }
      delivering = undefined
    })())

  const message = (person: FakePerson, at: FakeRoom, content: Json) => {
    messageId += 1
    const said = {
      message_id: messageId,
      from: userOf(person),
      chat: chatOf(Number(at.id)),
      date: Math.floor(Date.now() / 1000),
      ...(at.thread && { message_thread_id: Number(at.thread), is_topic_message: true }),
      ...content,
    }
    messages.set(`${at.id}:${messageId}`, said)
    push({ message: said })
    return messageId
  }

  const keep = (bytes: Uint8Array, path = `documents/file_${files.size}.bin`) => {
    const id = `file-${files.size}-${crypto.randomUUID()}`
    files.set(id, { path, bytes })
    return id
  }

  // Methods

  const textIn = (params: Json, field: "text" | "caption", most: number) => {
    const written = params[field]
    if (written === undefined && field === "caption") return ""
    if (typeof written !== "string") throw bad("message text is empty")
    if (params.parse_mode !== undefined && params.parse_mode !== "HTML")
      throw bad("unsupported parse_mode")
    const read = params.parse_mode ? parseTelegramHtml(written) : { text: written }
    if ("problem" in read) throw bad(`can't parse entities: ${read.problem}`)
    if (!read.text.trim() && field === "text") throw bad("message text is empty")
    if (read.text.length > most)
      throw bad(field === "text" ? "message is too long" : "message caption is too long")
    return read.text
  }

  const buttonsIn = (params: Json): Seen["buttons"] => {
    const markup = params.reply_markup as { inline_keyboard?: Json[][] } | undefined
    return markup?.inline_keyboard?.map((row) =>
      row.map(({ text, callback_data: data }) => {
        if (typeof text !== "string" || !text) throw bad("can't parse inline keyboard button")
        if (typeof data !== "string" || !data || Buffer.byteLength(data) > 64)
          throw bad("BUTTON_DATA_INVALID")
        return { label: text, data }
      }),
    )
  }

  const chatIn = (params: Json) => {
    const id = Number(params.chat_id)
    if (id !== supergroup && id !== forum && id !== Number(ada.id)) throw bad("chat not found")
    const thread = params.message_thread_id as number | undefined
    if (thread !== undefined && !topics.has(`${id}:${thread}`))
      throw bad("message thread not found")
    return { id, thread }
  }

  const put = (params: Json, text: string, files: Seen["files"] = []) => {
    const { id: chat, thread } = chatIn(params)
    const reply = params.reply_parameters as
      { message_id: number; allow_sending_without_reply?: boolean } | undefined
    const answered = reply && messages.has(`${chat}:${reply.message_id}`)
    if (reply && !answered && !reply.allow_sending_without_reply)
      throw bad("message to be replied not found")
    const buttons = buttonsIn(params)
    messageId += 1
    const date = 1_790_000_000 + messageId
    const sent = { message_id: messageId, date, chat: chatOf(chat), from: self, text }
    messages.set(`${chat}:${messageId}`, sent)
    seen.push({
      id: String(messageId),
      at: date * 1000,
      room: String(chat),
      ...(thread !== undefined && { thread: String(thread) }),
      text,
      ...(answered && { replyTo: String(reply.message_id) }),
      edited: 0,
      buttons,
      files,
    })
    changed()
    return sent
  }

  const upload = (field: string) => (params: Json) => {
    const given = params[field]
    const attached = typeof given === "string" && /^attach:\/\/(.+)$/.exec(given)?.[1]
    const file = attached ? params[attached] : given
    if (!(file instanceof File)) throw bad(`there is no ${field} in the request`)
    if (!file.size) throw bad("file must be non-empty")
    const text = textIn(params, "caption", 1024)
    return put(params, text, [{ name: file.name, bytes: file.size }])
  }

  const ownMessage = (params: Json) => {
    const { id } = chatIn(params)
    const found = seen.find(
      (one) => one.room === String(id) && one.id === String(params.message_id),
    )
    return found as (Seen & { text: string; edited: number }) | undefined
  }

  const getUpdates = async (params: Json, signal: AbortSignal) => {
    if (webhook.url)
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      )
    waiting?.end(
      new Refusal(
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
      ),
    )
    if (Array.isArray(params.allowed_updates)) allowed = params.allowed_updates as string[]
    const offset = Number(params.offset ?? 0)
    queue = queue.filter(({ update_id: id }) => id >= offset)
    const limit = Number(params.limit ?? 100)
    if (!queue.length && Number(params.timeout ?? 0) > 0) {
      const over = Promise.withResolvers<void>()
      const timer = setTimeout(over.resolve, Number(params.timeout) * 1000)
      const mine = {
        end: (refusal?: Refusal) => (refusal ? over.reject(refusal) : over.resolve()),
      }
      waiting = mine
      signal.addEventListener("abort", () => mine.end(), { once: true })
      changed()
      try {
        await over.promise
      } finally {
        clearTimeout(timer)
        if (waiting === mine) waiting = undefined
        changed()
      }
    }
    return queue.slice(0, limit)
  }

  const methods: Record<string, (params: Json, signal: AbortSignal) => unknown> = {
    getMe: () => ({ ...self, can_read_all_group_messages: !privacy }),
    getUpdates,
    deleteWebhook() {
      webhook = { url: "", secret: "", error: "" }
      return true
    },
    setWebhook({ url, secret_token: secret = "", allowed_updates }) {
      if (typeof url !== "string" || (url && !url.startsWith("https://")))
        throw bad("bad webhook: An HTTPS URL must be provided for webhook")
      if (!/^[\w-]{0,256}$/.test(String(secret)))
        throw bad("secret token contains unallowed characters")
      if (Array.isArray(allowed_updates)) allowed = allowed_updates as string[]
      webhook = { url, secret: String(secret), error: "" }
      changed()
      void deliver()
      return true
    },
    getWebhookInfo: () => ({
      url: webhook.url,
      has_custom_certificate: false,
      pending_update_count: queue.length,
      ...(webhook.error && { last_error_message: webhook.error, last_error_date: 1_790_000_000 }),
    }),
    setMyCommands({ commands }) {
      const list = commands as { command: string; description: string }[]
      if (list.length > 100) throw bad("BOT_COMMANDS_TOO_MUCH")
      for (const { command, description } of list) {
        if (!/^[a-z0-9_]{1,32}$/.test(command)) throw bad("BOT_COMMAND_INVALID")
        if (!description || description.length > 256) throw bad("BOT_COMMAND_DESCRIPTION_INVALID")
      }
      if (new Set(list.map(({ command }) => command)).size !== list.length)
        throw bad("BOT_COMMAND_DUPLICATE")
      return true
    },
    sendMessage: (params) => put(params, textIn(params, "text", 4096)),
    sendPhoto: upload("photo"),
    sendDocument: upload("document"),
    sendAudio: upload("audio"),
    sendVoice: upload("voice"),
    sendVideo: upload("video"),
    sendVideoNote(params) {
      if ("caption" in params) throw bad("a video note has no caption")
      return upload("video_note")(params)
    },
    sendSticker(params) {
      if (!files.has(String(params.sticker))) throw bad("wrong file identifier/HTTP URL specified")
      return put(params, "", [{ name: "sticker.webp", bytes: 1 }])
    },
    sendPoll(params) {
      const options = params.options as { text: string }[]
      if (typeof params.question !== "string" || params.question.length > 300)
        throw bad("poll question must be 1-300 characters")
      if (!Array.isArray(options) || options.length < 2)
        throw bad("poll must have at least 2 option")
      if (options.length > 10) throw bad("poll can't have more than 10 options")
      return put(params, params.question)
    },
    editMessageText(params) {
      const found = ownMessage(params)
      if (!found) throw bad("message to edit not found")
      const text = textIn(params, "text", 4096)
      if (text === found.text) throw bad("message is not modified: same content")
      found.text = text
      found.edited += 1
      changed()
      return { message_id: Number(found.id), date: 1_790_000_000, text }
    },
    deleteMessage(params) {
      const found = ownMessage(params)
      if (!found) throw bad("message to delete not found")
      seen.splice(seen.indexOf(found), 1)
      return true
    },
    setMessageReaction(params) {
      const { id } = chatIn(params)
      if (!messages.has(`${id}:${params.message_id}`)) throw bad("message to react not found")
      const list = params.reaction as { type: string; emoji: string }[]
      if (list.length > 1) throw bad("REACTIONS_TOO_MANY")
      if (list.some(({ emoji }) => !reactions.has(emoji))) throw bad("REACTION_INVALID")
      return true
    },
    sendChatAction(params) {
      const { message_thread_id: thread, ...rest } = params
      chatIn(thread === 1 ? rest : params) // the one method that takes the General topic by number
      if (params.action !== "typing") throw bad("wrong parameter action in request")
      return true
    },
    answerCallbackQuery: () => true,
    getFile({ file_id: id }) {
      const file = files.get(String(id))
      if (!file) throw bad("invalid file_id")
      if (file.bytes.byteLength > 20 * 1024 * 1024) throw bad("file is too big")
      return { file_id: id, file_unique_id: id, file_path: file.path, file_size: file.bytes.length }
    },
    getChatMember(params) {
      const { id } = chatIn(params)
      return { status: id === Number(ada.id) ? "left" : "member", user: self }
    },
    createForumTopic(params) {
      const { id } = chatIn(params)
      if (id !== forum) throw bad("the chat is not a forum")
      messageId += 1
      topics.add(`${id}:${messageId}`)
      return { message_thread_id: messageId, name: params.name, icon_color: 7322096 }
    },
    pinChatMessage: (params) => Boolean(chatIn(params)),
    unpinChatMessage: (params) => Boolean(chatIn(params)),
  }

  const sends = /^send(?!ChatAction)/
  const broken = () =>
    Response.json(
      { ok: false, error_code: 500, description: "Internal Server Error" },
      { status: 500 },
    )

  const read = async (request: Request): Promise<Json> => {
    const type = request.headers.get("content-type") ?? ""
    if (type.startsWith("application/json")) return (await request.json()) as Json
    if (!type.startsWith("multipart/form-data")) return {}
    const form = await request.formData()
    return Object.fromEntries([...form].map(([name, value]) => [name, asTyped(value)]))
  }

  const answerTo = async (method: string, params: Json, signal: AbortSignal) => {
    const handler = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (!handler) throw new Refusal(404, "Not Found: method not found")
    const planned = refusals.findIndex((one) => one.method === method)
    if (planned >= 0) throw refusals.splice(planned, 1)[0]!.refusal
    return handler(params, signal)
  }

  const fetch = async (request: Request): Promise<Response> => {
    const [, start = "", method = "", ...rest] = new URL(request.url).pathname.split("/")
    if (start === "file") return download(method, rest)
    const refused = (refusal: Refusal) =>
      Response.json(
        {
          ok: false,
          error_code: refusal.code,
          description: refusal.description,
          ...(refusal.parameters && { parameters: refusal.parameters }),
        },
        { status: refusal.code },
      )
    if (start !== `bot${token}`) return refused(new Refusal(401, "Unauthorized"))
    const params = await read(request)
    calls.push({ method, params })
    const failure = sends.test(method) ? failures.shift() : undefined
    if (failure?.how === "broken") return broken()
    if (failure?.how === "refused")
      return refused(new Refusal(403, "Forbidden: bot was blocked by the user"))
    if (failure?.how === "busy") {
      const seconds = Math.ceil(failure.retryAfterMs / 1000)
      return refused(
        new Refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds }),
      )
    }
    try {
      const result = await answerTo(method, params, request.signal)
      return failure?.how === "lost" ? cutOff() : Response.json({ ok: true, result })
    } catch (error) {
      if (error instanceof Refusal) return refused(error)
      throw error
    }
  }

  const download = (bot: string, path: string[]) => {
    const wanted = decodeURIComponent(path.join("/"))
    const file = [...files.values()].find((one) => one.path === wanted)
    if (bot !== `bot${token}` || !file) return new Response("not found", { status: 404 })
    return new Response(file.bytes as Uint8Array<ArrayBuffer>)
  }

  const serve = (port: number) => Bun.serve({ hostname: "127.0.0.1", port, idleTimeout: 0, fetch })
  let server = serve(0)
  const root = `http://127.0.0.1:${server.port}`
  const direct = (person: FakePerson): FakeRoom => ({ id: person.id, kind: "direct" })

  const events: FakeNetwork["events"] = {
    command: async (person, at) =>
      String(
        message(person, at, {
          text: `/help@${username}`,
          entities: [{ type: "bot_command", offset: 0, length: 6 + username.length }],
        }),
      ),
    edit: async (person, at) => {
      const chat = chatOf(Number(at.id))
      const from = userOf(person)
      messageId += 1
      const edited = { message_id: messageId, from, chat, date: 1_790_000_000, text: "other words" }
      push({ edited_message: { ...edited, edit_date: 1_790_000_100 } })
      return String(messageId)
    },
    location: async (person, at) =>
      String(message(person, at, { location: { latitude: 52.5, longitude: 13.4 } })),
    media: async (person, at) => {
      const id = keep(new Uint8Array([1, 2, 3]))
      const document = { file_id: id, file_unique_id: id, file_size: 3, file_name: "a.txt" }
      return String(message(person, at, { document }))
    },
    member: async (person, at) =>
      String(
        message(person, at, { new_chat_members: [{ id: 5, is_bot: false, first_name: "B" }] }),
      ),
    pin: async (person, at) => String(message(person, at, { pinned_message: { message_id: 100 } })),
    press: async (person, at) => {
      const where = { message_id: 100, date: 0, chat: chatOf(Number(at.id)) }
      const id = crypto.randomUUID()
      push({
        callback_query: {
          id,
          from: userOf(person),
          chat_instance: "1",
          message: where,
          data: "choose:1",
        },
      })
      return id
    },
    reaction: async (person, at) =>
      String(
        push({
          message_reaction: {
            chat: chatOf(Number(at.id)),
            message_id: 100,
            user: userOf(person),
            date: 1_790_000_000,
            old_reaction: [],
            new_reaction: [{ type: "emoji", emoji: "👍" }],
          },
        }),
      ),
    sticker: async (person, at) => {
      const id = keep(new Uint8Array([1]), `stickers/${files.size}.webp`)
      const sticker = { file_id: id, file_unique_id: id, emoji: "🦊", set_name: "Foxes" }
      return String(message(person, at, { sticker }))
    },
  }

  return {
    channel: "telegram",
    settings: { botToken: token, apiRoot: root },
    token,
    root,
    room,
    forum: { id: String(forum), kind: "group" },
    topic: { id: String(forum), kind: "group", thread: "7" },
    ada,
    direct,
    calls,
    seen,
    events,
    push,
    message,
    keep,
    get pending() {
      return queue.length
    },
    get privacy() {
      return privacy
    },
    set privacy(on) {
      privacy = on
    },
    get reach() {
      return reach
    },
    set reach(to) {
      reach = to
      void deliver()
    },
    async say(person, at, text, { mention, replyTo, file } = {}) {
      const written = mention ? `@${username} ${text}` : text
      const command = /^\/\w+(?:@\w+)?/.exec(written)?.[0]
      const entities = [
        ...(mention ? [{ type: "mention", offset: 0, length: username.length + 1 }] : []),
        ...(command ? [{ type: "bot_command", offset: 0, length: command.length }] : []),
      ]
      const answered = replyTo && messages.get(`${at.id}:${replyTo}`)
      const id = file && keep(file.bytes)
      const document = file && {
        file_id: id,
        file_unique_id: id,
        file_name: file.name,
        mime_type: file.mimeType,
        file_size: file.bytes.length,
      }
      const words = document
        ? { caption: written, caption_entities: entities, document }
        : { text: written, entities }
      return String(
        message(person, at, { ...words, ...(answered && { reply_to_message: answered }) }),
      )
    },
    async repeat(id) {
      const said = [...messages.values()].find((one) => String(one.message_id) === id)
      if (!said) throw new Error(`nothing was said as ${id}`)
      push({ message: said })
    },
    async until(fits) {
      await when(() => seen.some(fits))
      return seen.find(fits)!
    },
    next(how, times = 1, retryAfterMs = 1000) {
      for (let left = times; left > 0; left -= 1) failures.push({ how, retryAfterMs })
    },
    refuse(method, code, description, parameters) {
      refusals.push({ method, refusal: new Refusal(code, description, parameters) })
    },
    drop() {
      const { port } = server
      waiting?.end()
      void server.stop(true)
      server = serve(port!)
    },
    get connected() {
      return waiting !== undefined || webhook.url !== ""
    },
    untilConnected: () => when(() => waiting !== undefined || webhook.url !== ""),
    async [Symbol.asyncDispose]() {
      reach = undefined
      waiting?.end()
      await server.stop(true)
    },
  }
}

const asTyped = (value: FormDataEntryValue) => {
  if (value instanceof File) return value
  try {
    const parsed: unknown = JSON.parse(value)
    return typeof parsed === "object" || typeof parsed === "boolean" ? parsed : value
  } catch {
    return value
  }
}

/** Half an answer, then nothing more that could be read. */
const cutOff = () => new Response('{"ok":true,"resu')
