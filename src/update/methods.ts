import * as z from "zod"
import { controlLimit } from "../config/change-methods.ts"
import { method, pathFor } from "../kernel/method.ts"
import { updateRecord } from "./record.ts"
import { Updates } from "./updates.ts"

export const status = method({
  name: "update.status",
  scope: "read",
  summary: "Which version runs, which is offered, and how the last update went.",
  params: () =>
    z.object({
      includeRegistry: z
        .boolean()
        .optional()
        .describe("Ask where releases are served, at most once a minute."),
      fetchGit: z.boolean().optional().describe("Accepted; a binary has no checkout."),
      timeoutMs: z.int().min(1).optional().describe("Accepted; asking has a limit of its own."),
    }),
  result: () =>
    z.object({
      version: z.string(),
      channel: z.string(),
      source: z.string().optional(),
      binary: z.string().optional(),
      offered: z
        .object({ version: z.string(), is: z.enum(["newer", "current", "older"]) })
        .optional(),
      problem: z
        .object({ code: z.string(), message: z.string(), hint: z.string().optional() })
        .optional(),
      last: updateRecord.optional(),
    }),
  example: { includeRegistry: true },
  needs: { updates: Updates },
  async handle({ includeRegistry }, { updates, caller }) {
    const { binary, source, ...status } = await updates.status({ look: includeRegistry })
    const origin = source && URL.canParse(source) ? new URL(source).origin : undefined
    return { ...status, source: origin, binary: binary && pathFor(caller, binary) }
  },
})

export const run = method({
  name: "update.run",
  scope: "admin",
  summary: "Update to the newest version of the channel and restart; taken back when that fails.",
  params: () =>
    z.object({
      sessionKey: z.string().optional().describe("Session to wake once the gateway is back."),
      note: z.string().max(2000).optional().describe("What to tell it then."),
      restartDelayMs: z.int().min(0).optional().describe("Milliseconds before the restart."),
      timeoutMs: z.int().min(1).optional().describe("How long the gateway may take to come back."),
    }),
  result: () =>
    z.discriminatedUnion("status", [
      z.object({ status: z.literal("current"), version: z.string() }),
      z.object({
        status: z.literal("restarting"),
        from: z.string(),
        to: z.string(),
        delayMs: z.number(),
      }),
      z.object({ status: z.literal("started"), from: z.string(), to: z.string() }),
    ]),
  example: { sessionKey: "agent:main:main", note: "The update you asked for is done." },
  // It downloads, and it takes everyone's connection down.
  limit: controlLimit,
  needs: { updates: Updates },
  handle: (request, { updates }) => updates.run(request),
})
