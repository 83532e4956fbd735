import * as z from "zod"

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const build = () => {
  const inline = z.object({
    type: z.literal("base64"),
    media_type: z.string(),
    data: z.string(),
    filename: z.string().nullish(),
  })
  const linked = z.object({ type: z.literal("url"), url: z.string() })
  /** The nested way to give a picture or a file, which some clients write. */
  const source = z.discriminatedUnion("type", [inline, linked]).nullish()

  const textPart = <const Type extends string>(type: Type) =>
    z.object({ type: z.literal(type), text: z.string() })

  const imagePart = z.object({
    type: z.literal("input_image"),
    image_url: z
      .union([z.string(), z.object({ url: z.string() }).transform(({ url }) => url)])
      .nullish(),
    file_id: z.string().nullish(),
    source,
  })

  const filePart = z.object({
    type: z.literal("input_file"),
    filename: z.string().nullish(),
    /** Base64, as it is or as a data URL. */
    file_data: z.string().nullish(),
    file_url: z.string().nullish(),
    file_id: z.string().nullish(),
    source,
  })

  const part = z.discriminatedUnion("type", [
    textPart("input_text"),
    textPart("output_text"),
    textPart("text"),
    z.object({ type: z.literal("refusal"), refusal: z.string() }),
    imagePart,
    filePart,
  ])

  const content = z.union([z.string(), z.array(part)])

  const callId = z.string().min(1).max(200)
  const message = z.object({
    type: z.literal("message"),
    role: z.enum(["user", "assistant", "system", "developer"]),
    content,
  })
  const functionCall = z.object({
    type: z.literal("function_call"),
    call_id: callId,
    name: z.string().min(1).max(200),
    arguments: z.string(),
  })
  const functionCallOutput = z.object({
    type: z.literal("function_call_output"),
    call_id: callId,
    output: content,
  })
  const reasoning = z.object({ type: z.literal("reasoning") })
  const itemReference = z.object({ type: z.literal("item_reference"), id: z.string() })

  /** The type may be left out of a message, and of a reference. */
  const named = (item: unknown) =>
    isObject(item) && (item.type ?? undefined) === undefined
      ? { ...item, type: "role" in item ? "message" : "item_reference" }
      : item
  const item = z.preprocess(
    named,
    z.discriminatedUnion("type", [
      message,
      functionCall,
      functionCallOutput,
      reasoning,
      itemReference,
    ]),
  )

  /** The name of the function may be in an object of its own, as the chat API has it. */
  const flat = (value: unknown) =>
    isObject(value) && isObject(value.function) ? { ...value.function, type: value.type } : value

  const functionTool = z.preprocess(
    flat,
    z.object({
      type: z.literal(
        "function",
        "Only function tools can be given; the agent has its own for the rest.",
      ),
      name: z.string().regex(/^[\w-]{1,64}$/, "use 1 to 64 letters, digits, _ and -"),
      description: z.string().nullish(),
      parameters: z.record(z.string(), z.unknown()).nullish(),
      strict: z.boolean().nullish(),
    }),
  )

  const oneTool = z.preprocess(flat, z.object({ type: z.literal("function"), name: z.string() }))
  const mode = z.enum(["none", "auto", "required"])
  const toolChoice = z.union([
    mode,
    oneTool,
    z.object({
      type: z.literal("allowed_tools"),
      mode: mode.default("auto"),
      tools: z.array(oneTool),
    }),
  ])

  const format = z.discriminatedUnion("type", [
    z.object({ type: z.literal("text") }),
    z.object({ type: z.literal("json_object") }),
    z.object({
      type: z.literal("json_schema"),
      name: z.string().nullish(),
      description: z.string().nullish(),
      schema: z.record(z.string(), z.unknown()).nullish(),
      strict: z.boolean().nullish(),
    }),
  ])

  const refused = (message: string) => z.literal([false, null], message).optional()
  const absent = (message: string) => z.null(message).optional()

  return z.object({
    model: z.string().nullish(),
    input: z.union([z.string(), z.array(item).max(10_000, "give 10,000 items at most")]),
    instructions: z.string().nullish(),
    previous_response_id: z.string().nullish(),
    store: z.boolean().nullish(),
    stream: z.boolean().nullish(),
    tools: z.array(functionTool).max(128).nullish(),
    tool_choice: toolChoice.nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    max_output_tokens: z.int().min(1).nullish(),
    max_tool_calls: z.int().min(1).nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    text: z
      .object({
        format: format.nullish(),
        verbosity: z.enum(["low", "medium", "high"]).nullish(),
      })
      .nullish(),
    reasoning: z
      .object({
        effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh"]).nullish(),
        summary: z.enum(["auto", "concise", "detailed"]).nullish(),
      })
      .nullish(),
    metadata: z
      .record(z.string().max(64), z.string().max(512))
      .refine((given) => Object.keys(given).length <= 16, "give 16 pairs at most")
      .nullish(),
    truncation: z.enum(["auto", "disabled"]).nullish(),
    user: z.string().min(1).max(512).nullish(),
    safety_identifier: z.string().max(64).nullish(),
    prompt_cache_key: z.string().max(1024).nullish(),
    background: refused("Nothing runs in the background here: leave it out, and stream instead."),
    conversation: absent(
      "Conversations are not kept here: go on with previous_response_id, or name a session with user.",
    ),
    prompt: absent("Prompts are not kept here: send the text as instructions and input."),
  })
}

/**
 * The body of POST /v1/responses. Fields that are not here are ignored. It is made when it is first
 * needed: that takes long enough to be felt at a start.
 */
export const createResponse = z.lazy(build)
export type CreateResponse = z.output<ReturnType<typeof build>>

export type InputItem = Exclude<CreateResponse["input"], string>[number]
export type Part = Exclude<Extract<InputItem, { type: "message" }>["content"], string>[number]
export type ImagePart = Extract<Part, { type: "input_image" }>
export type FilePart = Extract<Part, { type: "input_file" }>
export type FunctionTool = NonNullable<CreateResponse["tools"]>[number]
