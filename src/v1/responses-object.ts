import * as z from "zod"
import type { Usage } from "../sessions/message.ts"
import type { Ended } from "./chat-answer.ts"
import { openAiError } from "./refusal.ts"
import type { OutputItem } from "./responses-output.ts"
import type { CreateResponse, FunctionTool } from "./responses-request.ts"

/** What is known of a response before anything was said. */
export interface Begun {
  id: string
  /** In milliseconds. */
  createdAt: number
  request: CreateResponse
}

const seconds = (ms: number) => Math.floor(ms / 1000)

/** The response object, as it is in every field that the request decides. */
const echo = ({ id, createdAt, request }: Begun) => ({
  id,
  object: "response" as const,
  created_at: seconds(createdAt),
  model: request.model ?? "fased",
  previous_response_id: request.previous_response_id ?? null,
  instructions: request.instructions ?? null,
  tools: (request.tools ?? []).map(toTool),
  tool_choice: request.tool_choice ?? ("auto" as const),
  parallel_tool_calls: request.parallel_tool_calls ?? true,
  text: {
    format: toFormat(request.text?.format),
    ...(request.text?.verbosity && { verbosity: request.text.verbosity }),
  },
  reasoning: {
    effort: request.reasoning?.effort ?? null,
    summary: request.reasoning?.summary ?? null,
  },
  temperature: request.temperature ?? 1,
  top_p: request.top_p ?? 1,
  presence_penalty: request.presence_penalty ?? 0,
  frequency_penalty: request.frequency_penalty ?? 0,
  top_logprobs: request.top_logprobs ?? 0,
  truncation: request.truncation ?? ("disabled" as const),
  max_output_tokens: request.max_output_tokens ?? null,
  max_tool_calls: request.max_tool_calls ?? null,
  metadata: request.metadata ?? {},
  user: request.user ?? null,
  safety_identifier: request.safety_identifier ?? null,
  prompt_cache_key: request.prompt_cache_key ?? null,
  store: request.store ?? true,
  background: false,
  service_tier: "default",
})

/** Before the first word. */
export const inProgress = (begun: Begun) => ({
  ...echo(begun),
  status: "in_progress" as const,
  completed_at: null,
  incomplete_details: null,
  error: null,
  output: [] as OutputItem[],
  usage: null,
})

/** As it was left. */
export const ended = (
  begun: Begun,
  output: OutputItem[],
  { end, at }: { end: Ended; at: number },
) => {
  if ("refused" in end) {
    const { message, code } = openAiError(end.refused).error
    return { ...inProgress(begun), output, status: "failed" as const, error: { code, message } }
  }
  const reason = whyIncomplete[end.finish]
  return {
    ...inProgress(begun),
    status: reason ? ("incomplete" as const) : ("completed" as const),
    completed_at: reason ? null : seconds(at),
    incomplete_details: reason ? { reason } : null,
    output,
    usage: end.usage ? toUsage(end.usage) : null,
  }
}
/** What the API's document says of a response. */
export const responseShape = () =>
  z.object({
    id: z.string(),
    object: z.literal("response"),
    created_at: z.int(),
    status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
    model: z.string(),
    output: z.array(z.unknown()),
    usage: z.unknown(),
  })

export type ResponseObject = ReturnType<typeof inProgress> | ReturnType<typeof ended>

const whyIncomplete: Readonly<Record<string, string | undefined>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
}

const toUsage = ({ input, output, reasoning = 0, cacheRead, cacheWrite }: Usage) => {
  const all = input + cacheRead + cacheWrite
  return {
    input_tokens: all,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: all + output,
  }
}

const toTool = ({ name, description, parameters, strict }: FunctionTool) => ({
  type: "function" as const,
  name,
  description: description ?? null,
  parameters: parameters ?? null,
  strict: strict ?? null,
})

const toFormat = (format: NonNullable<CreateResponse["text"]>["format"]) => {
  if (format?.type !== "json_schema") return { type: format?.type ?? ("text" as const) }
  const { name, description, schema, strict } = format
  return {
    type: "json_schema" as const,
    name: name ?? "answer",
    description: description ?? null,
    schema: schema ?? null,
    strict: strict ?? false,
  }
}
