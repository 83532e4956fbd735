import { toolContent, type ToolPart } from "../kernel/tool-content.ts"
import { untrusted } from "../kernel/untrusted.ts"
import { toolFailed } from "./faults.ts"
import { type CallResult, contentPart } from "./messages.ts"

/** Most characters of one answer that a model reads, inside the fence. */
const mostText = 50_000
const mostPictures = 8
const mostPictureBytes = 8 * 1024 * 1024
const pictureTypes = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"])

/** What a model is given of a server's answer: words in a fence, and pictures. */
export const resultOf = (id: string, tool: string, result: CallResult) => {
  const words: string[] = []
  const pictures: ToolPart[] = []
  for (const raw of result.content) {
    const { data: part } = contentPart.safeParse(raw)
    const picture = part?.type === "image" && pictures.length < mostPictures && pictureOf(part)
    if (picture) pictures.push(picture)
    else words.push(part ? wordsOf(part) : "[something of a kind that is not known here]")
  }
  if (!words.length && !pictures.length && result.structuredContent !== undefined)
    words.push(JSON.stringify(result.structuredContent))
  const whole = words.join("\n\n").trim()
  const left = whole.length - mostText
  const text =
    whole &&
    untrusted(whole.slice(0, mostText).toWellFormed(), { source: `mcp server ${id}, ${tool}` }) +
      (left > 0 ? `\n[cut: ${left} more characters; ask for less at once]` : "")
  if (result.isError) throw toolFailed({ id, tool, text: text || "It says nothing of why." })
  return toolContent(...(text ? [{ type: "text" as const, text }] : []), ...pictures)
}

type Part = ReturnType<typeof contentPart.parse>

const pictureOf = ({ data, mimeType }: Extract<Part, { type: "image" }>): ToolPart | undefined => {
  if (!pictureTypes.has(mimeType) || data.length > mostPictureBytes * 1.4) return undefined
  const bytes = Buffer.from(data, "base64")
  return bytes.length ? { type: "image", mimeType, data: new Uint8Array(bytes) } : undefined
}

const wordsOf = (part: Part): string => {
  switch (part.type) {
    case "text":
      return part.text
    case "image":
    case "audio":
      return `[${part.type} ${part.mimeType}, not shown]`
    case "resource_link":
      return [part.name, part.uri, part.description].filter(Boolean).join(" · ")
    case "resource": {
      const { uri, text, mimeType } = part.resource
      return text === undefined ? `[${uri}: ${mimeType ?? "binary"}, not shown]` : `${uri}\n${text}`
    }
  }
}
