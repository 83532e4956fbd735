import { loadAside } from "../../kernel/aside.ts"
import type * as Library from "./library/google.ts"
import type { Wire } from "./wire.ts"

const library = () => loadAside<typeof Library>("models/providers/library/google")

/** Gemini by Google's Generative Language API. */
export const googleGenerativeAi: Wire = {
  keyHeader: "x-goog-api-key",
  async open({ baseURL, apiKey, model, fetch }) {
    const { createGoogle } = await library()
    return createGoogle({ baseURL, apiKey, fetch })(model)
  },
}
