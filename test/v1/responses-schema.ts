/** The shapes of the OpenResponses specification, as strict as it is about what has to be there. */
import { z } from "zod"

const text = z.object({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.array(z.unknown()),
})
const summary = z.object({ type: z.literal("summary_text"), text: z.string() })
const status = z.enum(["in_progress", "completed", "incomplete"])

const item = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("message"),
    id: z.string().min(1),
    status,
    role: z.literal("assistant"),
    content: z.array(text),
  }),
  z.object({
    type: z.literal("function_call"),
    id: z.string().min(1),
    call_id: z.string().min(1),
    name: z.string().min(1),
    arguments: z.string(),
    status,
  }),
  z.object({ type: z.literal("reasoning"), id: z.string().min(1), summary: z.array(summary) }),
])

const format = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text") }),
  z.object({ type: z.literal("json_object") }),
  z.object({
    type: z.literal("json_schema"),
    name: z.string(),
    description: z.string().nullable(),
    schema: z.unknown(),
    strict: z.boolean(),
  }),
])

const mode = z.enum(["none", "auto", "required"])
const oneTool = z.object({ type: z.literal("function"), name: z.string().optional() })

export const responseResource = z.object({
  id: z.string().startsWith("resp_"),
  object: z.literal("response"),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  output: z.array(item),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  tools: z.array(
    z.object({
      type: z.literal("function"),
      name: z.string(),
      description: z.string().nullable(),
      parameters: z.record(z.string(), z.unknown()).nullable(),
      strict: z.boolean().nullable(),
    }),
  ),
  tool_choice: z.union([
    mode,
    oneTool,
    z.object({ type: z.literal("allowed_tools"), tools: z.array(oneTool), mode }),
  ]),
  truncation: z.enum(["auto", "disabled"]),
  parallel_tool_calls: z.boolean(),
  text: z.object({ format, verbosity: z.enum(["low", "medium", "high"]).optional() }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: z.int(),
  temperature: z.number(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }).nullable(),
  user: z.string().nullable(),
  usage: z
    .object({
      input_tokens: z.int(),
      output_tokens: z.int(),
      total_tokens: z.int(),
      input_tokens_details: z.object({ cached_tokens: z.int() }),
      output_tokens_details: z.object({ reasoning_tokens: z.int() }),
    })
    .nullable(),
  max_output_tokens: z.int().nullable(),
  max_tool_calls: z.int().nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
})

const event = <const Type extends string, S extends z.ZodRawShape>(type: Type, fields: S) =>
  z.object({ type: z.literal(type), sequence_number: z.int(), ...fields })
const output = { output_index: z.int() }
const ofItem = { ...output, item_id: z.string() }
const ofContent = { ...ofItem, content_index: z.int() }
const ofSummary = { ...ofItem, summary_index: z.int() }
const snapshot = { response: responseResource }

export const streamEvent = z.discriminatedUnion("type", [
  event("response.created", snapshot),
  event("response.in_progress", snapshot),
  event("response.completed", snapshot),
  event("response.incomplete", snapshot),
  event("response.failed", snapshot),
  event("response.output_item.added", { ...output, item }),
  event("response.output_item.done", { ...output, item }),
  event("response.content_part.added", { ...ofContent, part: text }),
  event("response.content_part.done", { ...ofContent, part: text }),
  event("response.output_text.delta", { ...ofContent, delta: z.string() }),
  event("response.output_text.done", { ...ofContent, text: z.string() }),
  event("response.function_call_arguments.delta", { ...ofItem, delta: z.string() }),
  event("response.function_call_arguments.done", { ...ofItem, arguments: z.string() }),
  event("response.reasoning_summary_part.added", { ...ofSummary, part: summary }),
  event("response.reasoning_summary_part.done", { ...ofSummary, part: summary }),
  event("response.reasoning_summary_text.delta", { ...ofSummary, delta: z.string() }),
  event("response.reasoning_summary_text.done", { ...ofSummary, text: z.string() }),
  event("error", {
    error: z.object({
      type: z.string(),
      code: z.string().nullable(),
      message: z.string(),
      param: z.string().nullable(),
    }),
  }),
])
