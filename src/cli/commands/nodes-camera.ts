import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { type CallArgs, callFlags, callNode } from "../node-call.ts"
import { keepMedia, printMedia } from "../node-media.ts"
import { printable } from "../printable.ts"
import { spanMs } from "../span.ts"
import { table } from "../table.ts"

const longestMs = 60_000
const recordMarginMs = 30_000

const device = {
  "device-id": {
    type: "string",
    valueHint: "id",
    description: "One camera, as nodes camera list has it",
  },
} as const
const length = {
  duration: {
    type: "string",
    valueHint: "duration",
    description: "How long, as 10s (default 3s, at most 60s)",
  },
  audio: { type: "boolean", default: true, description: "With what is heard" },
} as const
const lengthMs = (text: string | undefined) =>
  spanMs("--duration", text, { bare: "ms", maxMs: longestMs }) ?? 3000

const share = (flag: string, text: string | undefined) => {
  if (text === undefined) return undefined
  const value = Number(text)
  if (text.trim() && value > 0 && value <= 1) return value
  throw usage({ problem: `${flag} cannot be "${printable(text, 40)}".`, hint: "Write it as 0.8" })
}

interface Camera {
  id?: string
  name?: string
  position?: string
  deviceType?: string
}

export const cameraList = command({
  args: callFlags,
  examples: [["fased nodes camera list --node phone", "which cameras it has"]],
  async run(args, context) {
    const { out } = context
    const { payload } = await callNode(args, context, { command: "camera.list" })
    if (args.json) return out.json(payload)
    const { devices = [] } = (payload ?? {}) as { devices?: Camera[] }
    if (!devices.length) return out.print("It has no camera.")
    const rows = devices.map(({ id = "", name = "", position = "", deviceType = "" }) =>
      [id, name, position, deviceType].map((text) => printable(text, 60)),
    )
    const head = ["ID", "CAMERA", "FACING", "KIND"]
    for (const line of table(head, rows, { width: out.width, muted: out.paint.muted }))
      out.print(line)
  },
})

const sides = { front: ["front"], back: ["back"], both: ["front", "back"] } as const

export const cameraSnap = command({
  about:
    "Prints MEDIA: and the file for each picture. A gateway asks no node for pictures until gateway.nodes.allowCommands names camera.snap.",
  args: {
    ...callFlags,
    facing: {
      type: "enum",
      options: ["front", "back", "both"],
      default: "back",
      description: "Which camera",
    },
    ...device,
    "max-width": { type: "string", valueHint: "pixels", description: "Default 1600" },
    quality: { type: "string", valueHint: "0–1", description: "Of the picture (default 0.9)" },
    "delay-ms": { type: "string", valueHint: "ms", description: "Wait before it" },
  },
  examples: [["fased nodes camera snap --node phone --facing both", "one picture of each side"]],
  async run(args, context) {
    const files = []
    for (const facing of sides[args.facing]) {
      const params = {
        facing,
        maxWidth: wholeNumber("--max-width", args["max-width"], { min: 16, max: 8192 }) ?? 1600,
        quality: share("--quality", args.quality) ?? 0.9,
        format: "jpg",
        delayMs: wholeNumber("--delay-ms", args["delay-ms"], { max: 60_000 }),
        deviceId: args["device-id"],
      }
      const { payload } = await callNode(args, context, {
        command: "camera.snap",
        params,
        usualMs: 20_000 + (params.delayMs ?? 0),
      })
      files.push({ ...keepMedia(`camera-${facing}`, payload, "image"), facing })
    }
    printMedia(files, args, context)
  },
})

export const cameraClip = command({
  about:
    "Prints MEDIA: and the file. A gateway asks no node for films until gateway.nodes.allowCommands names camera.clip.",
  args: {
    ...callFlags,
    facing: {
      type: "enum",
      options: ["front", "back"],
      default: "back",
      description: "Which camera",
    },
    ...device,
    ...length,
  },
  examples: [["fased nodes camera clip --node phone --duration 10s", "ten seconds"]],
  run: ({ facing, duration, audio, ...args }, context) =>
    record(args, context, {
      name: "camera-clip",
      command: "camera.clip",
      durationMs: lengthMs(duration),
      params: { facing, includeAudio: audio, format: "mp4", deviceId: args["device-id"] },
    }),
})

export const screenRecord = command({
  about:
    "Prints MEDIA: and the file. A gateway asks no node for it until gateway.nodes.allowCommands names screen.record.",
  args: {
    ...callFlags,
    screen: { type: "string", valueHint: "number", description: "Which screen (default 0)" },
    fps: { type: "string", valueHint: "number", description: "Pictures a second (default 10)" },
    ...length,
  },
  examples: [["fased nodes screen record --node mac --duration 10s", "ten seconds"]],
  run: ({ screen, fps, duration, audio, ...args }, context) =>
    record(args, context, {
      name: "screen",
      command: "screen.record",
      durationMs: lengthMs(duration),
      params: {
        screenIndex: wholeNumber("--screen", screen, { max: 64 }) ?? 0,
        fps: wholeNumber("--fps", fps, { min: 1, max: 60 }) ?? 10,
        includeAudio: audio,
        format: "mp4",
      },
    }),
})

const record = async (
  args: CallArgs & { json?: boolean },
  context: Parameters<typeof callNode>[1],
  {
    name,
    command,
    durationMs,
    params,
  }: { name: string; command: string; durationMs: number; params: object },
) => {
  const { payload } = await callNode(args, context, {
    command,
    params: { ...params, durationMs },
    usualMs: durationMs + recordMarginMs,
  })
  printMedia([keepMedia(name, payload, "video")], args, context)
}
