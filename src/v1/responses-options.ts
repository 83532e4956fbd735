import { type ChatRequest, optionsOf } from "./chat-request.ts"
import type { CreateResponse } from "./responses-request.ts"

/** How a request wants to be answered, by way of the words that the chat API has for the same. */
export const responseOptions = (request: CreateResponse): ReturnType<typeof optionsOf> => {
  const { text, tool_choice: choice, max_output_tokens } = request
  const chosen = typeof choice === "object" && choice?.type === "allowed_tools" ? choice : undefined
  const names = chosen && new Set(chosen.tools.map(({ name }) => name))
  const tools = request.tools?.filter(({ name }) => !names || names.has(name))
  return optionsOf({
    messages: [],
    temperature: request.temperature,
    top_p: request.top_p,
    presence_penalty: request.presence_penalty,
    frequency_penalty: request.frequency_penalty,
    max_completion_tokens: max_output_tokens,
    parallel_tool_calls: request.parallel_tool_calls,
    reasoning_effort: request.reasoning?.effort,
    response_format: formatOf(text?.format),
    tools: tools?.map(({ type, ...tool }) => ({ type, function: tool })),
    tool_choice: chosen ? chosen.mode : choiceOf(choice),
  })
}

const choiceOf = (choice: CreateResponse["tool_choice"]): ChatRequest["tool_choice"] =>
  typeof choice === "object" && choice?.type === "function"
    ? { type: "function", function: { name: choice.name } }
    : typeof choice === "string"
      ? choice
      : undefined

const formatOf = (
  format: NonNullable<CreateResponse["text"]>["format"],
): ChatRequest["response_format"] => {
  if (format?.type !== "json_schema") return format
  const { type, ...json_schema } = format
  return { type, json_schema }
}
