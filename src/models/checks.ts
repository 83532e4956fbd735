import { check } from "../kernel/check.ts"
import { fetched } from "../secrets/checks.ts"
import { models } from "./config.ts"
import { guideProvider } from "./guide.ts"
import { parseRef } from "./ref.ts"
import { Models } from "./service.ts"

const ground = [fetched(models)]

export const connected = check({
  id: "models.connected",
  title: "A language model is connected",
  severity: "hint",
  after: ground,
  needs: { models: Models },
  detect: ({ models }) => {
    const real = models.status().filter(({ provider }) => provider !== guideProvider)
    return real.some(({ status }) => status === "ok") ? null : {}
  },
  explain: () => "No language model is connected; the built-in guide answers.",
  next: () =>
    "Set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY, or: fased secrets set models.providers.openai.apiKey",
})

export const defaultUsable = check({
  id: "models.default-usable",
  title: "The default model can be called",
  severity: "error",
  after: ground,
  needs: { models: Models },
  detect({ models }) {
    const ref = models.defaultRef()
    const parsed = parseRef(ref)
    const id = "provider" in parsed ? parsed.provider : ref
    const provider = models.status().find((status) => status.provider === id)
    if (provider?.status === "ok") return null
    return { ref, what: provider?.detail ?? "no such provider is known", next: provider?.next }
  },
  explain: ({ ref, what }) => `The default model is ${ref}, and it cannot be called: ${what}.`,
  next: ({ next }) => next ?? "Pick one that can: fased models list",
})
