import * as z from "zod"

/** Tokens one model call or one turn used. */
export const usageSchema = z.object({
  input: z.number(),
  output: z.number(),
  /** Of the output. */
  reasoning: z.number().optional(),
  cacheRead: z.number(),
  cacheWrite: z.number(),
  totalTokens: z.number(),
})
export type Usage = z.infer<typeof usageSchema>

const text = z.object({ type: z.literal("text"), text: z.string() })
/** A picture, by the name the media store gave it; its bytes are never in a transcript. */
const image = z.object({
  type: z.literal("image"),
  mediaId: z.string(),
  mimeType: z.string(),
  width: z.int().optional(),
  height: z.int().optional(),
})
const seen = z.discriminatedUnion("type", [text, image])
/** What a person or a tool shows a model. */
export type SeenPart = z.infer<typeof seen>
const thinking = z.object({
  type: z.literal("thinking"),
  thinking: z.string(),
  /** What the provider wants back with it, e.g. a signature. */
  provider: z.record(z.string(), z.unknown()).optional(),
})
const toolCall = z.object({
  type: z.literal("toolCall"),
  id: z.string(),
  name: z.string(),
  arguments: z.unknown(),
  provider: z.record(z.string(), z.unknown()).optional(),
})
export type AssistantPart = z.infer<typeof text | typeof thinking | typeof toolCall>

/** One entry of a transcript, in the shape `chat.history` shows (wire/frames.md). */
export const messageSchema = z.discriminatedUnion("role", [
  z.object({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(seen)]),
    /** Where it came from, when nobody typed it: `inter_session` for another agent's words. */
    provenance: z.object({ kind: z.string(), sessionKey: z.string().optional() }).optional(),
    timestamp: z.number(),
    idempotencyKey: z.string().optional(),
  }),
  z.object({
    role: z.literal("assistant"),
    content: z.array(z.discriminatedUnion("type", [text, thinking, toolCall])),
    provider: z.string().optional(),
    model: z.string().optional(),
    usage: usageSchema.optional(),
    /** `stop`, `length`, `toolUse`, `aborted`, `error`; absent on an injected note. */
    stopReason: z.string().optional(),
    errorMessage: z.string().optional(),
    /** Set on a note that no model wrote. */
    label: z.string().optional(),
    timestamp: z.number(),
  }),
  z.object({
    role: z.literal("toolResult"),
    toolCallId: z.string(),
    toolName: z.string(),
    content: z.array(seen),
    isError: z.boolean(),
    timestamp: z.number(),
  }),
])
export type Message = z.infer<typeof messageSchema>

/** A message where it stands in its transcript. */
export interface Entry {
  id: string
  seq: number
  runId: string | null
  message: Message
}

const omitted = "[chat.history omitted: message too large]"

/** The message with a line in place of its content, which is too long to be carried around. */
export const leftOut = (message: Message): Message =>
  message.role === "user"
    ? { ...message, content: omitted }
    : { ...message, content: [{ type: "text", text: omitted }] }

/** The text a person reads in a message. */
export const textOf = (message: Message): string => {
  if (typeof message.content === "string") return message.content
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("")
}
