import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"

/** What a plugin's process hands over, read as what a stranger wrote. */
const text = (longest: number) => z.string().max(longest)
const id = () => z.string().min(1).max(300)

export const person = onFirstUse(() =>
  z.object({
    ids: z.tuple([id()], id()),
    roles: z.array(id()).max(500).optional(),
    name: text(300).optional(),
    username: text(300).optional(),
    bot: z.literal(true).optional(),
  }),
)

const conversation = () =>
  z.object({
    id: id(),
    kind: z.enum(["direct", "group", "channel"]).optional(),
    thread: z.object({ id: id(), kind: z.enum(["thread", "topic"]) }).optional(),
    parent: id().optional(),
    guild: id().optional(),
    team: id().optional(),
    title: text(500).optional(),
    guildTitle: text(500).optional(),
  })

const attachment = () =>
  z.object({
    ref: text(20_000),
    kind: z.enum(["image", "audio", "voice", "video", "document", "sticker"]),
    mimeType: text(200).optional(),
    name: text(500).optional(),
    bytes: z.int().min(0).optional(),
  })

const deed = () =>
  z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("message"),
      text: text(200_000),
      attachments: z.array(attachment()).max(50).optional(),
      location: z
        .object({
          latitude: z.number(),
          longitude: z.number(),
          accuracyMetres: z.number().optional(),
          name: text(500).optional(),
          address: text(500).optional(),
          live: z.literal(true).optional(),
        })
        .optional(),
      quoted: z
        .object({
          id: id(),
          text: text(50_000).optional(),
          sender: person().optional(),
          own: z.boolean().optional(),
        })
        .optional(),
      mentions: z.object({ bot: z.boolean(), others: z.boolean() }).optional(),
    }),
    z.object({ kind: z.literal("command"), text: text(10_000) }),
    z.object({ kind: z.literal("press"), data: text(200), messageId: id() }),
    z.object({
      kind: z.literal("reaction"),
      emoji: text(100),
      added: z.boolean(),
      messageId: id(),
      own: z.boolean(),
    }),
    z.object({ kind: z.literal("notice"), topic: text(200), text: text(10_000) }),
  ])

export const arrival = onFirstUse(() =>
  z.object({
    id: id(),
    conversation: conversation(),
    sender: person(),
    at: z.number(),
    deed: deed(),
    via: text(20_000).optional(),
    context: z
      .array(z.object({ sender: person(), text: text(50_000), at: z.number() }))
      .max(200)
      .optional(),
  }),
)

export const sent = onFirstUse(() => z.object({ id: id(), at: z.number() }))

export const probe = onFirstUse(() =>
  z.object({
    ok: z.boolean(),
    account: text(300).optional(),
    findings: z.array(z.object({ text: text(1000), hint: text(1000).optional() })).max(50),
  }),
)

/** The calls a connection of a plugin may have. */
export const abilities = [
  "edit",
  "remove",
  "react",
  "typing",
  "read",
  "find",
  "download",
  "history",
  "probe",
] as const
export type Ability = (typeof abilities)[number]
/** Those that end early by a signal, which comes last. */
export const cancellable: ReadonlySet<Ability> = new Set(["edit", "download", "probe"])

export const opened = onFirstUse(() =>
  z.object({ self: person(), able: z.array(z.enum(abilities)) }),
)
