import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from "@ai-sdk/provider"
import type { ClientTool, ClientTools } from "../kernel/channel.ts"
import type { OpenModel } from "../models/service.ts"
import { optionsKey } from "../models/thinking.ts"

type Offered = Omit<ClientTool, "parameters"> & {
  parameters: Readonly<Record<string, unknown>>
}

const functions = new WeakMap<Offered, LanguageModelV4FunctionTool>()
const sizes = new WeakMap<LanguageModelV4FunctionTool, number>()

/** A tool as a model is offered it. Every turn offers the same ones, so each is made once. */
export const toFunction = (offered: Offered) => functions.getOrInsertComputed(offered, made)

/** Bytes, more or less, that a tool takes of a prompt. */
export const sizeOf = (tool: LanguageModelV4FunctionTool) =>
  sizes.getOrInsertComputed(tool, () => JSON.stringify(tool).length)

const made = ({ name, description, parameters, strict }: Offered): LanguageModelV4FunctionTool => ({
  type: "function",
  name,
  description,
  inputSchema: parameters,
  ...(strict !== undefined && { strict }),
})

export const toolChoice = ({
  must,
}: Pick<ClientTools, "must"> = {}): LanguageModelV4CallOptions["toolChoice"] => {
  if (must === undefined) return { type: "auto" }
  return must === "any" ? { type: "required" } : { type: "tool", toolName: must.name }
}

/** Asks for one call in an answer, in the words of each provider. */
export const oneCallAtATime = ({
  api,
  provider,
}: Pick<OpenModel, "api" | "provider">): LanguageModelV4CallOptions["providerOptions"] => {
  switch (api) {
    case "openai-responses":
      return { openai: { parallelToolCalls: false } }
    case "anthropic-messages":
      return { anthropic: { disableParallelToolUse: true } }
    case "openai-completions":
      return provider === "openai"
        ? { openai: { parallelToolCalls: false } }
        : { [optionsKey(provider)]: { parallel_tool_calls: false } }
    default:
      return undefined
  }
}
