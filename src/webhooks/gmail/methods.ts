import * as z from "zod"
import { Paths } from "../../config/paths.ts"
import { Reloader } from "../../config/reloader.ts"
import { Settings } from "../../config/settings.ts"
import { method } from "../../kernel/method.ts"
import { GoogleAccount } from "../../services/google/service.ts"
import { hooks } from "../config.ts"
import { GmailWatching } from "./service.ts"

const name = z
  .string()
  .regex(/^(?:projects\/[\w.:-]{1,64}\/(?:topics|subscriptions)\/)?[A-Za-z][\w.~+%-]{2,254}$/)

const synced = z.object({
  account: z.string(),
  count: z.int().describe("New messages that started something."),
  watchedUntil: z.number().optional().describe("Until when Gmail tells of new mail."),
})

export const setup = method({
  name: "services.gmail.setup",
  scope: "admin",
  summary: "Have new mail in Gmail start work: by Google's pushes, or by asking now and then.",
  params: () =>
    z.strictObject({
      account: z.email().describe("Address of the mailbox."),
      project: z
        .string()
        .regex(/^[\w.:-]{1,64}$/)
        .optional()
        .describe("Google Cloud project for pushes. Without one or a topic Gmail is asked."),
      topic: name.optional().describe("Topic, by name or whole."),
      subscription: name.optional().describe("Subscription, by name or whole."),
      label: z.string().trim().min(1).max(225).optional().describe("Only mail with this label."),
      hookUrl: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe("Public address of /hooks/gmail, where Google pushes to."),
      pushServiceAccount: z.email().optional().describe("Service account that signs pushes."),
      includeBody: z.boolean().optional().describe("Give the agent the text."),
      maxBytes: z.int().min(100).max(200_000).optional().describe("Longest text that is given."),
      renewEveryMinutes: z.int().min(1).max(8_640).optional().describe("How often to renew it."),
    }),
  result: () =>
    z.object({
      ok: z.literal(true),
      mode: z.enum(["push", "poll"]),
      done: z.array(z.string()),
      todo: z.array(z.string()).describe("What is left for a person to do."),
      lacks: z.literal("pubsub").optional().describe("What to sign in at Google for once more."),
      synced: synced.optional(),
    }),
  example: { account: "me@example.com" },
  limit: { max: 20, windowMs: 60_000 },
  emits: ["config.changed"],
  needs: {
    hooks,
    settings: Settings,
    reloader: Reloader,
    google: GoogleAccount,
    gmail: GmailWatching,
    paths: Paths,
  },
  async handle(wish, { paths, hooks, settings, reloader, google, gmail, signal }) {
    const { setUp } = await import("./setup.ts")
    const shop = { hooks, settings, reloader, google, gmail, folder: paths.state, signal }
    return { ok: true as const, ...(await setUp(wish, shop)) }
  },
})

export const sync = method({
  name: "webhooks.gmail.sync",
  scope: "admin",
  summary: "Read what is new in the mailbox that is watched, and have Gmail go on telling of it.",
  params: () => z.strictObject({}),
  result: () => synced,
  example: {},
  needs: { gmail: GmailWatching },
  handle: async (_, { gmail }) => (await gmail()).sync(),
})
