/** The workspace behind the fake Slack: who and what there is in it, and what its methods do. */

export interface StoredMessage {
  ts: string
  user: string
  bot_id?: string
  text: string
  thread_ts?: string
  blocks?: Block[]
  mrkdwn?: boolean
  metadata?: unknown
  reactions: Map<string, Set<string>>
  files: StoredFile[]
  edited: number
  streaming?: boolean
  ephemeralTo?: string
}
export interface StoredFile {
  id: string
  name: string
  mimetype: string
  bytes: Uint8Array
  shares: Record<string, { ts: string }[]>
}
export interface Block {
  type: string
  text?: { type: string; text: string }
  elements?: Block[]
  [field: string]: unknown
}
export interface StoredRoom {
  id: string
  name: string
  kind: "im" | "mpim" | "channel" | "group"
  user?: string
  isMember: boolean
  messages: StoredMessage[]
  pins: string[]
}
export interface StoredUser {
  id: string
  name: string
  real_name: string
  is_bot?: boolean
}

export const tokens = {
  bot: "xoxb-fake-bot-token",
  app: "xapp-fake-app-token",
  user: "xoxp-fake-user-token",
}
export const bot = { user: "UBOT00001", id: "BBOT00001", team: "T00000001" }

/** Thrown by a method: what Slack answers instead. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly more: object = {},
  ) {
    super(code)
  }
}

export const createWorkspace = (now: () => number) => {
  const users = new Map<string, StoredUser>()
  const rooms = new Map<string, StoredRoom>()
  const files = new Map<string, StoredFile>()
  let last = 0
  return {
    users,
    rooms,
    files,
    /** Scopes the app was given; without one its methods refuse. */
    scopes: new Set(
      (
        "chat:write,app_mentions:read,im:history,im:read,im:write,channels:history,channels:read,groups:history," +
        "groups:read,mpim:history,mpim:read,users:read,reactions:read,reactions:write,pins:read,pins:write,files:read," +
        "files:write,emoji:read,commands,assistant:write"
      ).split(","),
    ),
    /** Times are unique within a workspace. */
    ts() {
      last = Math.max(last + 1, Math.floor(now() * 1000))
      return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, "0")}`
    },
    direct(user: string) {
      const id = `D${user.slice(1)}`
      if (!rooms.has(id))
        rooms.set(id, {
          id,
          name: id,
          kind: "im",
          user,
          isMember: true,
          messages: [],
          pins: [],
        })
      return rooms.get(id)!
    },
    room(id: string | undefined) {
      const room = rooms.get(id ?? "")
      if (!room) throw new Refused("channel_not_found")
      return room
    },
  }
}
export type Workspace = ReturnType<typeof createWorkspace>

/** What a reader sees of a message: blocks when there are any, and the text without markup otherwise. */
export const shown = ({ blocks, text, mrkdwn }: StoredMessage): string => {
  const said = (blocks ?? []).filter(({ type }) => type !== "actions")
  if (!said.length) return readable(text, mrkdwn !== false)
  return said
    .map((block) =>
      block.type === "rich_text"
        ? (block.elements ?? [])
            .map(({ elements = [] }) => elements.map(elementText).join(""))
            .join("\n")
        : readable(block.text?.text ?? "", true),
    )
    .join("\n")
}

const elementText = (element: Block) => {
  if (element.type === "user") return `@${element.user_id}`
  if (element.type === "channel") return `#${element.channel_id}`
  return String(element.text ?? element.url ?? "")
}

const readable = (text: string, markup: boolean) => {
  const marked = markup
    ? text
        .replace(/```\n?([\s\S]*?)\n?```/g, "$1")
        .replace(/(^|[\s(])([*_~`])(\S(?:.*?\S)?)\2(?=$|[\s.,;:!?)])/gm, "$1$3")
    : text
  return marked
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<([@#][A-Z0-9]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/<([a-z]+:[^|>]+)\|([^>]+)>/g, "$2")
    .replace(/<([a-z]+:[^|>]+)>/g, "$1")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
}

const elementTypes = new Set([
  "rich_text_section",
  "rich_text_preformatted",
  "rich_text_quote",
  "rich_text_list",
])

/** Slack looks closely at blocks. */
export const checkBlocks = (blocks: Block[]) => {
  const invalid = (why: string) => new Refused("invalid_blocks", { errors: [why] })
  if (!Array.isArray(blocks) || blocks.length > 50) throw invalid("too many blocks")
  const ids = new Set<unknown>()
  for (const block of blocks) {
    if (block.type === "section") {
      const length = block.text?.text.length ?? 0
      if (length < 1 || length > 3000) throw invalid("section text")
    } else if (block.type === "rich_text") {
      if (!block.elements?.length) throw invalid("empty rich_text")
      for (const element of block.elements) {
        if (!elementTypes.has(element.type)) throw invalid(element.type)
        if (!element.elements?.length) throw invalid("empty element")
        for (const one of element.elements) {
          if (one.type === "text" && !one.text) throw invalid("empty text")
          if (one.type === "link" && !/^[a-z]+:/.test(String(one.url))) throw invalid("url")
        }
      }
    } else if (block.type === "actions") {
      if (!block.elements?.length || block.elements.length > 25) throw invalid("actions")
      for (const { action_id, value, text, style } of block.elements) {
        if (ids.has(action_id)) throw invalid("action_id must be unique")
        ids.add(action_id)
        if (String(value).length > 2000 || !text?.text || text.text.length > 75)
          throw invalid("button")
        if (style !== undefined && style !== "primary" && style !== "danger") throw invalid("style")
      }
    } else throw invalid(block.type)
  }
}
