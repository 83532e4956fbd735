import { command } from "../command.ts"
import { callFlags, callNode } from "../node-call.ts"
import { printable } from "../printable.ts"
import { spanMs } from "../span.ts"
import { facts } from "../table.ts"

interface Place {
  lat?: number
  lon?: number
  accuracyMeters?: number
  timestamp?: string | number
  source?: string
}

export const locationGet = command({
  args: {
    ...callFlags,
    accuracy: {
      type: "enum",
      options: ["coarse", "balanced", "precise"],
      default: "balanced",
      description: "How exact; precise is for the phone to allow",
    },
    "max-age": { type: "string", valueHint: "duration", description: "Of what it knows (15s)" },
    "location-timeout": {
      type: "string",
      valueHint: "duration",
      description: "How long it may look (10s)",
    },
  },
  examples: [["fased nodes location get --node phone", "where it is"]],
  async run(args, context) {
    const { out } = context
    const timeoutMs = spanMs("--location-timeout", args["location-timeout"], { bare: "ms" })
    const params = {
      desiredAccuracy: args.accuracy,
      maxAgeMs: spanMs("--max-age", args["max-age"], { bare: "ms" }) ?? 15_000,
      timeoutMs: timeoutMs ?? 10_000,
    }
    const { payload } = await callNode(args, context, {
      command: "location.get",
      params,
      usualMs: params.timeoutMs + 10_000,
    })
    if (args.json) return out.json(payload)
    const { lat, lon, accuracyMeters, timestamp, source } = (payload ?? {}) as Place
    const rows = [
      ["place", printable(`${lat}, ${lon}`, 60)],
      ["within", accuracyMeters === undefined ? undefined : `${Math.round(accuracyMeters)} m`],
      ["at", printable(`${timestamp ?? ""}`, 40)],
      ["by", printable(source ?? "", 40)],
    ] as const
    for (const line of facts(rows, { width: out.width, muted: out.paint.muted })) out.print(line)
  },
})

export const notify = command({
  args: {
    ...callFlags,
    title: { type: "string", valueHint: "text", required: true, description: "Its first line" },
    body: { type: "string", valueHint: "text", description: "The rest" },
    priority: {
      type: "enum",
      options: ["passive", "active", "timeSensitive"],
      default: "active",
      description: "How much it asks for",
    },
    delivery: {
      type: "enum",
      options: ["system", "overlay", "auto"],
      default: "auto",
      description: "Where it is shown",
    },
  },
  examples: [['fased nodes notify --node phone --title "The backup is done"', "tell who has it"]],
  async run({ title, body, priority, delivery, ...args }, context) {
    const params = { title, body, priority, delivery }
    const answer = await callNode(args, context, { command: "system.notify", params })
    if (args.json) context.out.json(answer)
    else context.out.print("Shown there.")
  },
})
