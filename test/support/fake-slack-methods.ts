import {
  type Block,
  bot,
  checkBlocks,
  Refused,
  type StoredMessage,
  type StoredRoom,
  tokens,
  type Workspace,
} from "./fake-slack-workspace.ts"

export interface Call {
  workspace: Workspace
  args: Record<string, string>
  token: string
  /** Address of the server, for what it hands out. */
  origin: string
  /** A message of the bot was made or changed. */
  told(room: StoredRoom, message: StoredMessage): void
}

type Method = (call: Call) => object

const scoped = (scope: string, method: Method): Method =>
  Object.assign(
    (call: Call) => {
      if (call.token !== tokens.bot && call.token !== tokens.user)
        throw new Refused("not_allowed_token_type")
      if (!call.workspace.scopes.has(scope))
        throw new Refused("missing_scope", {
          needed: scope,
          provided: [...call.workspace.scopes].join(","),
        })
      return method(call)
    },
    { scope },
  )

const find = (room: StoredRoom, ts: string | undefined) => {
  const message = room.messages.find((one) => one.ts === ts)
  if (!message) throw new Refused("message_not_found")
  return message
}
const ofBot = (message: StoredMessage, code: string) => {
  if (message.user !== bot.user) throw new Refused(code)
  return message
}
const parsed = <T>(text: string | undefined): T | undefined => {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as T
  } catch {
    throw new Refused("invalid_arguments")
  }
}

const needsMembership = (room: StoredRoom) => {
  if (!room.isMember) throw new Refused("not_in_channel")
}

export const addMessage = (
  workspace: Workspace,
  room: StoredRoom,
  from: Partial<StoredMessage> & { user: string; text: string },
): StoredMessage => {
  const message: StoredMessage = {
    ts: workspace.ts(),
    reactions: new Map(),
    files: [],
    edited: 0,
    ...from,
  }
  room.messages.push(message)
  return message
}

/** The text and blocks of a call, judged. */
const contentOf = (args: Record<string, string>) => {
  const blocks = parsed<Block[]>(args.blocks)
  if (blocks) checkBlocks(blocks)
  if (!args.text && !blocks?.length) throw new Refused("no_text")
  if ((args.text ?? "").length > 40_000) throw new Refused("msg_too_long")
  return { text: args.text ?? "", ...(blocks?.length && { blocks }) }
}

const post: Method = ({ workspace, args, told }) => {
  const room = workspace.room(args.channel)
  needsMembership(room)
  if (args.thread_ts !== undefined && !room.messages.some(({ ts }) => ts === args.thread_ts))
    throw new Refused("thread_not_found")
  const message = addMessage(workspace, room, {
    user: bot.user,
    bot_id: bot.id,
    ...contentOf(args),
    ...(args.mrkdwn === "false" && { mrkdwn: false }),
    ...(args.thread_ts && { thread_ts: args.thread_ts }),
    metadata: parsed(args.metadata),
  })
  told(room, message)
  return { channel: room.id, ts: message.ts, message: listed(message) }
}

const listed = ({ ts, user, bot_id, text, thread_ts, metadata }: StoredMessage, all = false) => ({
  type: "message",
  ts,
  user,
  bot_id,
  text,
  thread_ts,
  ...(all && { metadata }),
})

const within = (args: Record<string, string>) => (message: StoredMessage) => {
  const at = Number(message.ts)
  const inclusive = args.inclusive === "true"
  if (args.latest && (inclusive ? at > Number(args.latest) : at >= Number(args.latest)))
    return false
  return !(args.oldest && (inclusive ? at < Number(args.oldest) : at <= Number(args.oldest)))
}

const reactionOn = ({ workspace, args }: Call) => {
  if (!/^[a-z0-9_+'-]+$/.test(args.name ?? "")) throw new Refused("invalid_name")
  const message = find(workspace.room(args.channel), args.timestamp)
  return { message, name: args.name! }
}

const described = (room: StoredRoom) => ({
  id: room.id,
  name: room.name,
  user: room.user,
  is_im: room.kind === "im",
  is_mpim: room.kind === "mpim",
  is_private: room.kind !== "channel",
  is_member: room.isMember,
})

/** One page after another, as long as the caller asks. */
const paged = <T>(all: readonly T[], args: Record<string, string>, key: string) => {
  const from = Number(args.cursor ?? "0")
  const to = from + Math.min(Number(args.limit ?? "100"), 2)
  return {
    [key]: all.slice(from, to),
    response_metadata: { next_cursor: to < all.length ? String(to) : "" },
  }
}

/** What a call adds to a text that grows. */
const grown = ({ markdown_text: text = "", chunks }: Record<string, string>) =>
  text + (parsed<{ text?: string }[]>(chunks) ?? []).map(({ text = "" }) => text).join("")

const streaming = ({ workspace, args }: Call) => {
  const room = workspace.room(args.channel)
  const message = ofBot(find(room, args.ts), "message_not_owned_by_app")
  if (!message.streaming) throw new Refused("message_not_in_streaming_state")
  return { room, message }
}

export const methods: Readonly<Record<string, Method>> = {
  "auth.test": () => ({
    url: "https://fake.slack.com/",
    team: "Fake",
    user: "fased",
    team_id: bot.team,
    user_id: bot.user,
    bot_id: bot.id,
  }),
  "chat.postMessage": scoped("chat:write", post),
  "chat.postEphemeral": scoped("chat:write", ({ workspace, args, told }) => {
    const room = workspace.room(args.channel)
    const message = addMessage(workspace, room, {
      user: bot.user,
      ...contentOf(args),
      ephemeralTo: args.user,
    })
    told(room, message)
    return { message_ts: message.ts }
  }),
  "chat.update": scoped("chat:write", ({ workspace, args, told }) => {
    const room = workspace.room(args.channel)
    const message = ofBot(find(room, args.ts), "cant_update_message")
    const { text, blocks } = contentOf(args)
    Object.assign(message, { text, blocks, mrkdwn: true, edited: message.edited + 1 })
    told(room, message)
    return { channel: room.id, ts: message.ts, text }
  }),
  "chat.delete": scoped("chat:write", ({ workspace, args }) => {
    const room = workspace.room(args.channel)
    const message = ofBot(find(room, args.ts), "cant_delete_message")
    room.messages.splice(room.messages.indexOf(message), 1)
    return { channel: room.id, ts: message.ts }
  }),
  "chat.startStream": scoped("chat:write", ({ workspace, args, told }) => {
    const room = workspace.room(args.channel)
    if (!args.thread_ts) throw new Refused("invalid_arguments")
    if (room.kind !== "im" && !args.recipient_user_id)
      throw new Refused("missing_recipient_user_id")
    if (room.kind !== "im" && !args.recipient_team_id)
      throw new Refused("missing_recipient_team_id")
    const message = addMessage(workspace, room, {
      user: bot.user,
      text: grown(args),
      thread_ts: args.thread_ts,
      mrkdwn: false,
      streaming: true,
    })
    told(room, message)
    return { channel: room.id, ts: message.ts }
  }),
  "chat.appendStream": scoped("chat:write", (call) => {
    const { room, message } = streaming(call)
    message.text += grown(call.args)
    call.told(room, message)
    return { channel: room.id, ts: message.ts }
  }),
  "chat.stopStream": scoped("chat:write", (call) => {
    const { room, message } = streaming(call)
    message.text += grown(call.args)
    message.streaming = false
    call.told(room, message)
    return { channel: room.id, ts: message.ts }
  }),
  "assistant.threads.setStatus": scoped("assistant:write", ({ workspace, args }) => {
    if (!args.thread_ts || args.status === undefined) throw new Refused("invalid_arguments")
    workspace.room(args.channel_id)
    return {}
  }),
  "reactions.add": scoped("reactions:write", (call) => {
    const { message, name } = reactionOn(call)
    const by = message.reactions.get(name) ?? new Set()
    if (by.has(bot.user)) throw new Refused("already_reacted")
    message.reactions.set(name, by.add(bot.user))
    return {}
  }),
  "reactions.remove": scoped("reactions:write", (call) => {
    const { message, name } = reactionOn(call)
    if (!message.reactions.get(name)?.delete(bot.user)) throw new Refused("no_reaction")
    return {}
  }),
  "reactions.get": scoped("reactions:read", ({ workspace, args }) => {
    const message = find(workspace.room(args.channel), args.timestamp)
    const reactions = [...message.reactions].flatMap(([name, by]) =>
      by.size ? [{ name, users: [...by], count: by.size }] : [],
    )
    return { type: "message", message: { ...listed(message), reactions } }
  }),
  "pins.add": scoped("pins:write", ({ workspace, args }) => {
    const room = workspace.room(args.channel)
    const { ts } = find(room, args.timestamp)
    if (room.pins.includes(ts)) throw new Refused("already_pinned")
    room.pins.push(ts)
    return {}
  }),
  "pins.remove": scoped("pins:write", ({ workspace, args }) => {
    const room = workspace.room(args.channel)
    if (!room.pins.includes(args.timestamp!)) throw new Refused("no_pin")
    room.pins = room.pins.filter((ts) => ts !== args.timestamp)
    return {}
  }),
  "pins.list": scoped("pins:read", ({ workspace, args }) => {
    const room = workspace.room(args.channel)
    const items = room.pins.map((ts) => ({ type: "message", message: listed(find(room, ts)) }))
    return { items }
  }),
  "conversations.open": scoped("im:write", ({ workspace, args }) => {
    if (!workspace.users.has(args.users ?? "")) throw new Refused("user_not_found")
    return { channel: { id: workspace.direct(args.users!).id } }
  }),
  "conversations.info": scoped("channels:read", ({ workspace, args }) => ({
    channel: described(workspace.room(args.channel)),
  })),
  "conversations.list": scoped("channels:read", ({ workspace, args }) => {
    const all = [...workspace.rooms.values()].filter(({ kind }) => kind !== "im").map(described)
    return paged(all, args, "channels")
  }),
  "conversations.members": scoped("channels:read", ({ workspace, args }) => {
    workspace.room(args.channel)
    return { members: [...workspace.users.keys()] }
  }),
  "conversations.history": scoped("channels:history", ({ workspace, args }) => {
    const all = workspace
      .room(args.channel)
      .messages.filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts)
      .filter(within(args))
      .reverse()
    const limit = Number(args.limit ?? "100")
    const marks = args.include_all_metadata === "true"
    return { messages: all.slice(0, limit).map((one) => listed(one, marks)), has_more: false }
  }),
  "conversations.replies": scoped("channels:history", ({ workspace, args }) => {
    const room = workspace.room(args.channel)
    const root = room.messages.find(({ ts }) => ts === args.ts)
    if (!root) throw new Refused("thread_not_found")
    const replies = room.messages.filter(({ thread_ts }) => thread_ts === args.ts)
    const marks = args.include_all_metadata === "true"
    return { messages: [root, ...replies.filter(within(args))].map((one) => listed(one, marks)) }
  }),
  "users.info": scoped("users:read", ({ workspace, args }) => {
    const user = workspace.users.get(args.user ?? "")
    if (!user) throw new Refused("user_not_found")
    return { user: { ...user, profile: { display_name: user.real_name } } }
  }),
  "users.list": scoped("users:read", ({ workspace, args }) =>
    paged([...workspace.users.values()], args, "members"),
  ),
  "emoji.list": scoped("emoji:read", () => ({ emoji: { fased: "https://emoji.invalid/f.png" } })),
  "files.getUploadURLExternal": scoped("files:write", ({ workspace, args, origin }) => {
    const length = Number(args.length)
    if (!args.filename || !Number.isInteger(length) || length < 1)
      throw new Refused("invalid_arguments")
    const id = `F${workspace.files.size + 1}FILE`
    workspace.files.set(id, {
      id,
      name: args.filename,
      mimetype: "application/octet-stream",
      bytes: new Uint8Array(length),
      shares: {},
    })
    return { upload_url: `${origin}/upload/${id}`, file_id: id }
  }),
  "files.completeUploadExternal": scoped("files:write", ({ workspace, args, told }) => {
    const named = parsed<{ id: string; title?: string }[]>(args.files) ?? []
    const files = named.map(({ id }) => {
      const file = workspace.files.get(id)
      if (!file) throw new Refused("file_not_found")
      return file
    })
    if (!args.channel_id) return { files: files.map(({ id, name }) => ({ id, title: name })) }
    const room = workspace.room(args.channel_id)
    needsMembership(room)
    const blocks = parsed<Block[]>(args.blocks)
    if (blocks) checkBlocks(blocks)
    const message = addMessage(workspace, room, {
      user: bot.user,
      bot_id: bot.id,
      text: args.initial_comment ?? "",
      ...(blocks && { blocks }),
      ...(args.thread_ts && { thread_ts: args.thread_ts }),
      files,
    })
    for (const file of files) file.shares[room.id] = [{ ts: message.ts }]
    told(room, message)
    return { files: files.map(({ id, name }) => ({ id, title: name })) }
  }),
  "files.info": scoped("files:read", ({ workspace, args, origin }) => {
    const file = workspace.files.get(args.file ?? "")
    if (!file) throw new Refused("file_not_found")
    const { id, name, mimetype, bytes, shares } = file
    const url = `${origin}/files/${id}/${encodeURIComponent(name)}`
    return {
      file: {
        id,
        name,
        mimetype,
        size: bytes.length,
        url_private: url,
        url_private_download: url,
        shares: { public: shares },
      },
    }
  }),
}

/** What is sent, and may be told to fail. */
export const sends: ReadonlySet<string> = new Set([
  "chat.postMessage",
  "chat.update",
  "files.completeUploadExternal",
])
