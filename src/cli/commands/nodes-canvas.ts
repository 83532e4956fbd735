import { readFileSync } from "node:fs"
import { wholeNumber } from "../arguments.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { callFlags, callNode } from "../node-call.ts"
import { keepMedia, printMedia } from "../node-media.ts"
import { printable } from "../printable.ts"

/** A command of the canvas without flags of its own. */
const plain = (name: string, said: string, example: readonly [string, string]) =>
  command({
    args: callFlags,
    examples: [example],
    async run(args, context) {
      const answer = await callNode(args, context, { command: name })
      if (args.json) context.out.json(answer)
      else context.out.print(said)
    },
  })

export const canvasHide = plain("canvas.hide", "Hidden.", [
  "fased nodes canvas hide --node phone",
  "put it away",
])
export const canvasReset = plain("canvas.a2ui.reset", "Emptied.", [
  "fased nodes canvas a2ui reset --node phone",
  "an empty one",
])

export const canvasPresent = command({
  args: {
    ...callFlags,
    page: { type: "string", valueHint: "url", description: "What it is to show" },
  },
  examples: [["fased nodes canvas present --node phone", "bring it to the front"]],
  async run({ page, ...args }, context) {
    const params = page === undefined ? undefined : { url: page }
    const answer = await callNode(args, context, { command: "canvas.present", params })
    if (args.json) context.out.json(answer)
    else context.out.print("Shown.")
  },
})

export const canvasNavigate = command({
  args: {
    page: { type: "positional", valueHint: "url", required: true, description: "The page" },
    ...callFlags,
  },
  examples: [["fased nodes canvas navigate https://example.com --node phone", "show that page"]],
  async run({ page, ...args }, context) {
    const params = { url: page }
    const answer = await callNode(args, context, { command: "canvas.navigate", params })
    if (args.json) context.out.json(answer)
    else context.out.print(`Shows ${printable(page, 200)}`)
  },
})

export const canvasEval = command({
  args: {
    script: { type: "positional", required: true, description: "JavaScript for the page" },
    ...callFlags,
  },
  examples: [["fased nodes canvas eval 'document.title' --node phone", "what comes of it"]],
  async run({ script, ...args }, context) {
    const params = { javaScript: script }
    const answer = await callNode(args, context, { command: "canvas.eval", params })
    context.out.json(args.json ? answer : answer.payload)
  },
})

export const canvasSnapshot = command({
  about: "Prints MEDIA: and the file.",
  args: {
    ...callFlags,
    format: {
      type: "enum",
      options: ["jpg", "png"],
      default: "jpg",
      description: "Of the picture",
    },
    "max-width": { type: "string", valueHint: "pixels", description: "Default 1600" },
  },
  examples: [["fased nodes canvas snapshot --node phone", "a picture of what it shows"]],
  async run({ format, ...args }, context) {
    const maxWidth = wholeNumber("--max-width", args["max-width"], { min: 16, max: 8192 }) ?? 1600
    const params = { format, maxWidth }
    const { payload } = await callNode(args, context, {
      command: "canvas.snapshot",
      params,
      usualMs: 20_000,
    })
    printMedia([keepMedia("canvas", payload, "image")], args, context)
  },
})

const readLines = (file: string) => {
  const jsonl = readFileSync(file === "-" ? 0 : file, "utf8").trim()
  const bad = jsonl.split("\n").findIndex((line) => line.trim() && !isJson(line))
  if (!jsonl || bad >= 0)
    throw usage({
      problem: jsonl ? `Line ${bad + 1} of ${file} is no JSON.` : `${file} is empty.`,
      hint: "A2UI is one JSON message a line.",
    })
  return jsonl
}

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const canvasPush = command({
  args: {
    file: {
      type: "positional",
      required: true,
      description: "A2UI messages, one a line; - for standard input",
    },
    ...callFlags,
  },
  examples: [["fased nodes canvas a2ui push page.jsonl --node phone", "show them"]],
  async run({ file, ...args }, context) {
    const params = { jsonl: readLines(file) }
    const answer = await callNode(args, context, { command: "canvas.a2ui.pushJSONL", params })
    if (args.json) context.out.json(answer)
    else context.out.print("Shown.")
  },
})
