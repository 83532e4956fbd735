import * as z from "zod"
import type { ThinkingLevel, TurnOptions } from "../kernel/channel.ts"

const build = () => {
  const textPart = z.object({ type: z.literal("text"), text: z.string() })
  const textContent = z.union([z.string(), z.array(textPart)])

  const imagePart = z.object({
    type: z.literal("image_url"),
    image_url: z.union([
      z.object({ url: z.string().min(1) }),
      z
        .string()
        .min(1)
        .transform((url) => ({ url })),
    ]),
  })
  const filePart = z.object({
    type: z.literal("file"),
    file: z.object({
      filename: z.string().nullish(),
      file_data: z.string().nullish(),
      file_id: z.string().nullish(),
    }),
  })
  const part = z.discriminatedUnion("type", [
    textPart,
    imagePart,
    filePart,
    z.object({ type: z.literal("refusal"), refusal: z.string() }),
  ])
  const content = z.union([z.string(), z.array(part)])

  const toolCall = z.object({
    id: z.string().min(1).max(200),
    type: z.literal("function").default("function"),
    function: z.object({ name: z.string().min(1).max(200), arguments: z.string() }),
  })

  const message = z.discriminatedUnion("role", [
    z.object({ role: z.enum(["system", "developer"]), content: textContent }),
    z.object({ role: z.literal("user"), content }),
    z.object({
      role: z.literal("assistant"),
      content: content.nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(toolCall).nullish(),
      function_call: z.object({ name: z.string(), arguments: z.string() }).nullish(),
    }),
    z.object({ role: z.literal("tool"), tool_call_id: z.string().min(1), content }),
    z.object({ role: z.literal("function"), name: z.string().min(1), content: content.nullish() }),
  ])

  const functionTool = z.object({
    type: z.literal("function"),
    function: z.object({
      name: z.string().regex(/^[\w-]{1,64}$/, "use 1 to 64 letters, digits, _ and -"),
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.unknown()).nullish(),
      strict: z.boolean().nullish(),
    }),
  })

  const responseFormat = z.discriminatedUnion("type", [
    z.object({ type: z.literal("text") }),
    z.object({ type: z.literal("json_object") }),
    z.object({
      type: z.literal("json_schema"),
      json_schema: z.object({
        name: z.string().nullish(),
        description: z.string().nullish(),
        schema: z.record(z.string(), z.unknown()).nullish(),
        strict: z.boolean().nullish(),
      }),
    }),
  ])

  return z.object({
    model: z
      .string()
      .max(200)
      .nullish()
      .describe("`fased`, `fased/<agent>` or `<provider>/<model>`."),
    messages: z.array(message).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    user: z.string().max(512).nullish().describe("Gets a session of its own that goes on."),
    n: z.literal(1, "only one answer is given").nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    top_k: z.int().min(1).nullish(),
    max_tokens: z.int().min(1).nullish(),
    max_completion_tokens: z.int().min(1).nullish(),
    stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
    seed: z.int().nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    response_format: responseFormat.nullish(),
    tools: z.array(functionTool).max(128).nullish(),
    tool_choice: z
      .union([
        z.enum(["none", "auto", "required"]),
        z.object({
          type: z.literal("function"),
          function: z.object({ name: z.string() }),
        }),
      ])
      .nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    reasoning_effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
    models: z
      .array(z.string().max(200))
      .max(8)
      .nullish()
      .describe("Other models to try, in turn, when the one asked for fails."),
  })
}

/**
 * The body of POST /v1/chat/completions. Fields that are not here are ignored. It is made when it is
 * first needed: that takes long enough to be felt at a start.
 */
export const chatRequest = z.lazy(build)
export type ChatRequest = z.output<ReturnType<typeof build>>
export type ChatMessage = ChatRequest["messages"][number]
export type ContentPart = Exclude<Extract<ChatMessage, { role: "user" }>["content"], string>[number]

/** How a request wants to be answered. */
export const optionsOf = (
  request: ChatRequest,
): Pick<TurnOptions, "sampling" | "clientTools" | "thinking"> => {
  const sampling = samplingOf(request)
  const clientTools = toolsOf(request)
  const { reasoning_effort: effort } = request
  const thinking: ThinkingLevel | undefined = effort === "none" ? "off" : (effort ?? undefined)
  return {
    ...(sampling && { sampling }),
    ...(clientTools && { clientTools }),
    ...(thinking && { thinking }),
  }
}

const samplingOf = (request: ChatRequest): TurnOptions["sampling"] => {
  const { stop } = request
  const given = Object.entries({
    temperature: request.temperature,
    topP: request.top_p,
    topK: request.top_k,
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens,
    stopSequences: typeof stop === "string" ? [stop] : stop,
    seed: request.seed,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    responseFormat: formatOf(request),
  }).filter(([, value]) => value !== undefined && value !== null)
  return given.length ? Object.fromEntries(given) : undefined
}

const formatOf = ({ response_format: format }: ChatRequest) => {
  switch (format?.type) {
    case "json_object":
      return { type: "json" as const }
    case "json_schema": {
      const { name, description, schema } = format.json_schema
      return {
        type: "json" as const,
        ...(schema && { schema }),
        ...(name && { name }),
        ...(description && { description }),
      }
    }
    default:
      return undefined
  }
}

const toolsOf = ({
  tools,
  tool_choice: choice,
  parallel_tool_calls: parallel,
}: ChatRequest): TurnOptions["clientTools"] => {
  if (!tools?.length || choice === "none") return undefined
  const must =
    choice === "required" ? ("any" as const) : typeof choice === "object" ? choice?.function : null
  return {
    tools: tools.map(({ function: { name, description, parameters, strict } }) => ({
      name,
      ...(description && { description }),
      parameters: parameters ?? { type: "object", properties: {} },
      ...(typeof strict === "boolean" && { strict }),
    })),
    ...(must && { must }),
    ...(parallel === false && { oneAtATime: true }),
  }
}
