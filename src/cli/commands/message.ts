import { readFile } from "node:fs/promises"
import { basename, resolve } from "node:path"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { usage } from "../faults.ts"
import { ask, type Asked, place, placeOf, shared } from "../message-flags.ts"
import { printable } from "../printable.ts"

interface Sent {
  state?: string
  messageId?: string
  channel?: string
  to?: string
}

const showSent = (result: unknown, args: Asked, { out }: Context) => {
  if (result === undefined) return
  if (args.json) return out.json(result)
  const { state, messageId, channel = "", to = "" } = result as Sent
  const where = `${printable(channel, 40)} ${printable(to, 80)}`
  if (state === "sent")
    out.print(`${out.paint.good("sent")} to ${where}${args.verbose ? ` as ${messageId}` : ""}`)
  else out.print(`${out.paint.warn("on its way")} to ${where}; see: fased outbox list`)
}

/** A file here goes along as it is; an address, and what is not here, is for the gateway to find. */
const mediaOf = async (given: string | undefined) => {
  const sources = (given ?? "").split(",").filter((one) => one.trim())
  return Promise.all(
    sources.map(async (source) => {
      if (/^[a-z]+:/i.test(source)) return source
      const bytes = await readFile(resolve(source)).catch(() => undefined)
      if (!bytes) return source
      const name = encodeURIComponent(basename(source))
      return `data:application/octet-stream;name=${name};base64,${bytes.toString("base64")}`
    }),
  )
}

const content = {
  message: {
    type: "string",
    alias: "m",
    valueHint: "text",
    description: "Markdown; - reads it from stdin",
  },
  media: {
    type: "string",
    valueHint: "files",
    description: "Files, with commas: here, in the agent's workspace, or http addresses",
  },
  "as-voice": { type: "boolean", description: "Sound as a voice note" },
  "as-video-note": { type: "boolean", description: "A film as a round video note" },
  "force-document": { type: "boolean", description: "Pictures and films as plain files" },
  silent: { type: "boolean", description: "Without a sound" },
} as const

interface ContentArgs {
  message?: string
  media?: string
  "as-voice"?: boolean
  "as-video-note"?: boolean
  "force-document"?: boolean
  silent?: boolean
}

const contentOf = async (args: ContentArgs) => {
  const message = args.message === "-" ? await Bun.stdin.text() : args.message
  const mediaUrls = await mediaOf(args.media)
  if (!message?.trim() && !mediaUrls.length)
    throw usage({ problem: "There is nothing to send: give --message or --media." })
  return {
    ...(message && { message }),
    ...(mediaUrls.length && { mediaUrls }),
    ...(args["as-voice"] && { asVoice: true }),
    ...(args["as-video-note"] && { asVideoNote: true }),
    ...(args["force-document"] && { forceDocument: true }),
    ...(args.silent && { silent: true }),
  }
}

export const send = command({
  about: "Sends a message, and waits until the network has it.",
  args: {
    ...content,
    ...place,
    "reply-to": { type: "string", valueHint: "id", description: "Message it answers" },
    ...shared,
  },
  examples: [
    ['fased message send --target telegram:42 -m "hello"', "to one person"],
    ["uptime | fased message send -t 42 -m -", "what a command prints"],
  ],
  async run(args, context) {
    const params = {
      ...placeOf(args),
      ...(await contentOf(args)),
      ...(args["reply-to"] && { replyTo: args["reply-to"] }),
      idempotencyKey: crypto.randomUUID(),
    }
    showSent(await ask("send", params, args, context), args, context)
  },
})

export const broadcast = command({
  about: "Sends one message to several targets, one after the other.",
  args: {
    targets: {
      type: "string",
      alias: "t",
      valueHint: "targets",
      required: true,
      description: "Where to, with commas",
    },
    ...content,
    channel: place.channel,
    account: place.account,
    ...shared,
  },
  examples: [['fased message broadcast -t 42,43 -m "back in ten"', "the same to two"]],
  async run(args, context) {
    const { out } = context
    const words = await contentOf(args)
    const targets = args.targets.split(",").flatMap((target) => target.trim() || [])
    const results = []
    let failed = 0
    for (const to of targets) {
      const params = { ...placeOf({ ...args, target: to }), ...words }
      try {
        const key = { idempotencyKey: crypto.randomUUID() }
        const result = await ask("send", { ...params, ...key }, args, context)
        results.push({ to, ok: true, result })
        if (!args.json) showSent(result, args, context)
      } catch (error) {
        failed++
        results.push({ to, ok: false, error: (error as Error).message })
        if (!args.json)
          out.note(
            `${out.notePaint.bad("not sent")} to ${to}: ${printable((error as Error).message)}`,
          )
      }
    }
    if (args.json && !args["dry-run"]) out.json({ results })
    return failed ? 1 : 0
  },
})

export const poll = command({
  args: {
    question: { type: "string", required: true, valueHint: "text", description: "What is asked" },
    options: {
      type: "string",
      required: true,
      valueHint: "a,b",
      description: "Answers, with commas",
    },
    max: { type: "string", valueHint: "n", description: "How many one may choose (default 1)" },
    hours: { type: "string", valueHint: "n", description: "How long it is open" },
    public: { type: "boolean", description: "Show who chose what" },
    ...place,
    ...shared,
  },
  examples: [["fased message poll -t -1001 --question Lunch? --options yes,no", "ask a group"]],
  async run(args, context) {
    const options = args.options.split(",").flatMap((option) => option.trim() || [])
    if (options.length < 2)
      throw usage({ problem: "A poll has two answers at least.", hint: "--options yes,no" })
    const max = wholeNumber("--max", args.max, { min: 1, max: 12 })
    const hours = wholeNumber("--hours", args.hours, { min: 1, max: 768 })
    const params = {
      ...placeOf(args),
      question: args.question,
      options,
      ...(max && { maxSelections: max }),
      ...(hours && { durationHours: hours }),
      ...(args.public && { isAnonymous: false }),
      idempotencyKey: crypto.randomUUID(),
    }
    showSent(await ask("poll", params, args, context), args, context)
  },
})
