import * as z from "zod"
import type { DiscordSettings } from "./settings.ts"

type Gate = keyof DiscordSettings["actions"]
type Args = Record<string, unknown>

interface Action {
  summary: string
  gate: Gate
  args: () => z.ZodObject
  /** The request it is. */
  request: (args: Args) => {
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
    path: string
    body?: Args
  }
}

const id = (what: string) =>
  z
    .string()
    .regex(/^\d{5,25}$/, "must be a numeric id")
    .describe(`${what} by id.`)
const channel = () => ({ channelId: id("Channel") })
const guild = () => ({ guildId: id("Server") })
const member = () => ({ ...guild(), userId: id("Member") })
const name = () => z.string().min(1).max(100)

/** What only Discord has, each as one request (contract 12 §6). */
export const requests: Readonly<Record<string, Action>> = {
  "thread-create": {
    summary: "Make a thread, from a message or of its own.",
    gate: "threads",
    args: () => z.strictObject({ ...channel(), name: name(), messageId: id("Message").optional() }),
    request: ({ channelId, messageId, name }) => ({
      method: "POST",
      path: `/channels/${channelId}${messageId ? `/messages/${messageId}` : ""}/threads`,
      body: { name, ...(!messageId && { type: 11 }) },
    }),
  },
  "thread-list": {
    summary: "List the open threads of a server.",
    gate: "threads",
    args: () => z.strictObject(guild()),
    request: ({ guildId }) => ({ method: "GET", path: `/guilds/${guildId}/threads/active` }),
  },
  pin: {
    summary: "Pin a message.",
    gate: "pins",
    args: () => z.strictObject({ ...channel(), messageId: id("Message") }),
    request: ({ channelId, messageId }) => ({
      method: "PUT",
      path: `/channels/${channelId}/messages/pins/${messageId}`,
    }),
  },
  unpin: {
    summary: "Unpin a message.",
    gate: "pins",
    args: () => z.strictObject({ ...channel(), messageId: id("Message") }),
    request: ({ channelId, messageId }) => ({
      method: "DELETE",
      path: `/channels/${channelId}/messages/pins/${messageId}`,
    }),
  },
  pins: {
    summary: "List pinned messages.",
    gate: "pins",
    args: () => z.strictObject(channel()),
    request: ({ channelId }) => ({ method: "GET", path: `/channels/${channelId}/messages/pins` }),
  },
  "member-info": {
    summary: "Look up a member of a server.",
    gate: "memberInfo",
    args: () => z.strictObject(member()),
    request: ({ guildId, userId }) => ({
      method: "GET",
      path: `/guilds/${guildId}/members/${userId}`,
    }),
  },
  "role-info": {
    summary: "List the roles of a server.",
    gate: "roleInfo",
    args: () => z.strictObject(guild()),
    request: ({ guildId }) => ({ method: "GET", path: `/guilds/${guildId}/roles` }),
  },
  "role-add": {
    summary: "Give a member a role.",
    gate: "roles",
    args: () => z.strictObject({ ...member(), roleId: id("Role") }),
    request: ({ guildId, userId, roleId }) => ({
      method: "PUT",
      path: `/guilds/${guildId}/members/${userId}/roles/${roleId}`,
    }),
  },
  "role-remove": {
    summary: "Take a role from a member.",
    gate: "roles",
    args: () => z.strictObject({ ...member(), roleId: id("Role") }),
    request: ({ guildId, userId, roleId }) => ({
      method: "DELETE",
      path: `/guilds/${guildId}/members/${userId}/roles/${roleId}`,
    }),
  },
  "channel-info": {
    summary: "Look up a channel.",
    gate: "channelInfo",
    args: () => z.strictObject(channel()),
    request: ({ channelId }) => ({ method: "GET", path: `/channels/${channelId}` }),
  },
  "channel-list": {
    summary: "List the channels of a server.",
    gate: "channelInfo",
    args: () => z.strictObject(guild()),
    request: ({ guildId }) => ({ method: "GET", path: `/guilds/${guildId}/channels` }),
  },
  "channel-create": {
    summary: "Make a text channel.",
    gate: "channels",
    args: () =>
      z.strictObject({
        ...guild(),
        name: name(),
        topic: z.string().max(1024).optional(),
        parentId: id("Category").optional(),
      }),
    request: ({ guildId, name, topic, parentId }) => ({
      method: "POST",
      path: `/guilds/${guildId}/channels`,
      body: { name, topic, parent_id: parentId, type: 0 },
    }),
  },
  "channel-edit": {
    summary: "Rename a channel, or change its topic.",
    gate: "channels",
    args: () =>
      z.strictObject({
        ...channel(),
        name: name().optional(),
        topic: z.string().max(1024).optional(),
      }),
    request: ({ channelId, ...body }) => ({
      method: "PATCH",
      path: `/channels/${channelId}`,
      body,
    }),
  },
  "channel-delete": {
    summary: "Delete a channel.",
    gate: "channels",
    args: () => z.strictObject(channel()),
    request: ({ channelId }) => ({ method: "DELETE", path: `/channels/${channelId}` }),
  },
  "emoji-list": {
    summary: "List the emojis of a server.",
    gate: "emojis",
    args: () => z.strictObject(guild()),
    request: ({ guildId }) => ({ method: "GET", path: `/guilds/${guildId}/emojis` }),
  },
  timeout: {
    summary: "Keep a member from speaking until a time; without one, let them speak again.",
    gate: "moderation",
    args: () => z.strictObject({ ...member(), until: z.iso.datetime().optional() }),
    request: ({ guildId, userId, until }) => ({
      method: "PATCH",
      path: `/guilds/${guildId}/members/${userId}`,
      body: { communication_disabled_until: until ?? null },
    }),
  },
  kick: {
    summary: "Remove a member from a server.",
    gate: "moderation",
    args: () => z.strictObject(member()),
    request: ({ guildId, userId }) => ({
      method: "DELETE",
      path: `/guilds/${guildId}/members/${userId}`,
    }),
  },
  ban: {
    summary: "Ban a member from a server.",
    gate: "moderation",
    args: () => z.strictObject(member()),
    request: ({ guildId, userId }) => ({
      method: "PUT",
      path: `/guilds/${guildId}/bans/${userId}`,
    }),
  },
}

/** The same, as the channel declares them. */
export const actions = Object.fromEntries(
  Object.entries(requests).map(([name, { summary, args, gate }]) => [
    name,
    { summary, args, on: (config: DiscordSettings) => config.actions[gate] },
  ]),
)
