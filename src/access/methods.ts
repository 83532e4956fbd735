import * as z from "zod"
import { commands } from "../agents/commands.ts"
import { soleAccount } from "../channels/accounts.ts"
import { Reloader } from "../config/reloader.ts"
import { Settings } from "../config/settings.ts"
import { holds, method } from "../kernel/method.ts"
import { Drops } from "./drops.ts"
import { explain as inWords } from "./explain.ts"
import { nothingToExplain } from "./faults.ts"
import { Pairing, requestMs } from "./pairing.ts"

const channel = () =>
  z.string().trim().toLowerCase().min(1).max(64).describe("Channel, such as telegram.")
const account = () => z.string().trim().min(1).max(64).describe("Account of that channel.")
const somebody = () => ({
  channel: z.string(),
  account: z.string(),
  sender: z.string(),
  name: z.string(),
})

export const list = method({
  name: "pairing.list",
  scope: "pairing",
  summary: "People on chat networks that ask to be heard, and those that were let in.",
  params: () => z.object({ channel: channel().optional(), account: account().optional() }),
  result: () =>
    z.object({
      pending: z.array(
        z.object({ ...somebody(), code: z.string(), createdAtMs: z.int(), expiresAtMs: z.int() }),
      ),
      paired: z.array(z.object({ ...somebody(), approvedAtMs: z.int() })),
    }),
  example: { channel: "telegram" },
  needs: { pairing: Pairing },
  async handle(where, { pairing }) {
    const { pending, paired } = await pairing.list(where)
    return {
      pending: pending.map(({ createdAt, conversation: _, ...request }) => ({
        ...request,
        createdAtMs: createdAt,
        expiresAtMs: createdAt + requestMs,
      })),
      paired: paired.map(({ approvedAt, ...sender }) => ({ ...sender, approvedAtMs: approvedAt })),
    }
  },
})

export const approve = method({
  name: "pairing.approve",
  scope: "pairing",
  summary: "Let somebody on a chat network in, for private chats with that account.",
  params: () =>
    z.object({
      code: z.string().trim().min(1).max(20).describe("The code they were shown."),
      channel: channel().optional(),
      account: account().optional(),
      notify: z.boolean().default(false).describe("Tell them."),
    }),
  result: () =>
    z.object({
      ...somebody(),
      approvedAtMs: z.int(),
      owner: z
        .boolean()
        .describe("They became the owner, as there was none: their commands count."),
    }),
  example: { code: "ABCD2345", channel: "telegram" },
  emits: ["channel.pair.resolved"],
  needs: { pairing: Pairing, commands, settings: Settings, reloader: Reloader },
  async handle({ code, notify, ...where }, { pairing, commands, settings, reloader, caller }) {
    const { approvedAt, ...sender } = await pairing.approve(code, where, { notify })
    // Rights over the gateway are only given on by who has them.
    const owner =
      holds(caller.scopes, "admin") && !commands.ownerAllowFrom.length && !commands.allowFrom
    if (owner) {
      await settings.set("commands.ownerAllowFrom", [`${sender.channel}:${sender.sender}`])
      await reloader.look()
    }
    return { ...sender, approvedAtMs: approvedAt, owner }
  },
})

export const remove = method({
  name: "pairing.remove",
  scope: "pairing",
  summary: "Let somebody in no longer.",
  params: () =>
    z.object({
      channel: channel(),
      account: account().default(soleAccount),
      sender: z.string().min(1).max(200).describe("Their id, as pairing.list shows it."),
    }),
  result: () => z.object({}),
  example: { channel: "telegram", sender: "42" },
  emits: ["channel.pair.resolved"],
  needs: { pairing: Pairing },
  async handle(who, { pairing }) {
    await pairing.remove(who)
    return {}
  },
})

export const explain = method({
  name: "channels.explain",
  scope: "read",
  summary: "Why something that arrived from a chat network was not answered, and what to change.",
  params: () =>
    z.object({
      target: z
        .string()
        .trim()
        .min(1)
        .max(300)
        .describe("Message id, a conversation as `telegram:-100123`, or all as `telegram:*`."),
      limit: z.int().min(1).max(50).default(10).describe("Most to tell of, the newest first."),
    }),
  result: () =>
    z.object({
      drops: z.array(
        z.object({
          channel: z.string(),
          account: z.string(),
          chat: z.string(),
          id: z.string(),
          sender: z.string(),
          deed: z.string(),
          reason: z.string(),
          setting: z.string().optional(),
          value: z.string().optional(),
          atMs: z.int(),
          why: z.string(),
          change: z.string(),
        }),
      ),
    }),
  example: { target: "telegram:-100123" },
  needs: { drops: Drops },
  handle({ target, limit }, { drops }) {
    const [, of, chat] = /^([a-z][a-z0-9-]*):(.+)$/i.exec(target) ?? []
    const byId = drops.find({ id: target }, limit)
    const found =
      byId.length || !of
        ? byId
        : drops.find({ channel: of.toLowerCase(), ...(chat !== "*" && { chat }) }, limit)
    if (!found.length) throw nothingToExplain({ target })
    return {
      drops: found.map(({ reason, at, ...drop }) => ({
        ...drop,
        reason: reason.code,
        ...(reason.setting && { setting: reason.setting }),
        ...(reason.value && { value: reason.value }),
        atMs: at,
        ...inWords({ ...drop, reason }),
      })),
    }
  },
})
