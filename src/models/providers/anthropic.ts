import { loadAside } from "../../kernel/aside.ts"
import type * as Library from "./library/anthropic.ts"
import type { Wire } from "./wire.ts"

const library = () => loadAside<typeof Library>("models/providers/library/anthropic")

/** Anthropic and servers that speak its Messages API; an address without a version gets `/v1`. */
export const anthropicMessages: Wire = {
  keyHeader: "x-api-key",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createAnthropic } = await library()
    const versioned = /\/v\d+$/.test(baseURL) ? baseURL : `${baseURL}/v1`
    return createAnthropic({ baseURL: versioned, apiKey, fetch }).messages(model)
  },
}
