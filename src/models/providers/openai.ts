import { loadAside } from "../../kernel/aside.ts"
import type * as Library from "./library/openai.ts"
import type { Wire } from "./wire.ts"

const library = () => loadAside<typeof Library>("models/providers/library/openai")

/** OpenAI and servers that speak its Responses API. */
export const openaiResponses: Wire = {
  keyHeader: "authorization",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createOpenAI } = await library()
    return createOpenAI({ baseURL, apiKey, fetch }).responses(model)
  },
}

/** OpenAI's own Chat Completions, with the quirks of its models. */
export const openaiChat: Wire = {
  keyHeader: "authorization",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createOpenAI } = await library()
    return createOpenAI({ baseURL, apiKey, fetch }).chat(model)
  },
}
