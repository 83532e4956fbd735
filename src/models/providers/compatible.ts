import { loadAside } from "../../kernel/aside.ts"
import type * as Library from "./library/compatible.ts"
import type { Wire } from "./wire.ts"

const library = () => loadAside<typeof Library>("models/providers/library/compatible")

/** Any server that speaks Chat Completions: local ones, proxies and most hosted providers. */
export const openaiCompatible: Wire = {
  keyHeader: "authorization",
  async open({ provider, baseURL, apiKey, model, fetch }) {
    const { createOpenAICompatible } = await library()
    return createOpenAICompatible({ name: provider, baseURL, apiKey, fetch, includeUsage: true })(
      model,
    )
  },
}
