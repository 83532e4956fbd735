/** The parts of the protocol that are read; everything else in a message is let pass. */
import * as z from "zod"

/** Newest first. A server may answer with any of them. */
export const protocols = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"] as const

export const hello = z.object({
  protocolVersion: z.string(),
  capabilities: z
    .object({ tools: z.looseObject({ listChanged: z.boolean().optional() }).optional() })
    .default({}),
  serverInfo: z
    .object({ name: z.string().default(""), version: z.string().default("") })
    .default({ name: "", version: "" }),
})

export const toolList = z.object({
  tools: z.array(z.unknown()),
  nextCursor: z.string().optional(),
})

/** One tool as its server tells of it. */
export const remoteTool = z.object({
  name: z.string().min(1).max(256),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()),
  annotations: z.object({ title: z.string().optional() }).optional().catch(undefined),
})
export type RemoteTool = z.infer<typeof remoteTool>

const resource = z.object({
  uri: z.string(),
  mimeType: z.string().optional(),
  text: z.string().optional(),
  blob: z.string().optional(),
})

export const contentPart = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string() }),
  z.object({ type: z.literal("image"), data: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal("audio"), data: z.string(), mimeType: z.string() }),
  z.object({ type: z.literal("resource"), resource }),
  z.object({
    type: z.literal("resource_link"),
    uri: z.string(),
    name: z.string().optional(),
    description: z.string().optional(),
  }),
])

export const callResult = z.object({
  content: z.array(z.unknown()).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
})
export type CallResult = z.infer<typeof callResult>

export const incoming = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional().catch(undefined),
  result: z.unknown().optional(),
  error: z.object({ code: z.number().catch(0), message: z.string().catch("") }).optional(),
})
