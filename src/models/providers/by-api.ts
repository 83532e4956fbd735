import type { Api } from "../config.ts"
import { anthropicMessages } from "./anthropic.ts"
import { openaiCompatible } from "./compatible.ts"
import { googleGenerativeAi } from "./google.ts"
import { openaiChat, openaiResponses } from "./openai.ts"
import type { Wire } from "./wire.ts"

const wires: Record<Api, Wire> = {
  "openai-responses": openaiResponses,
  "openai-completions": openaiCompatible,
  "anthropic-messages": anthropicMessages,
  "google-generative-ai": googleGenerativeAi,
}

/** How to speak to a provider; OpenAI's own Chat Completions differ from everyone else's. */
export const wireFor = (api: Api, official: boolean): Wire =>
  api === "openai-completions" && official ? openaiChat : wires[api]
