import { check } from "../kernel/check.ts"
import { fetched } from "../secrets/checks.ts"
import { models } from "./config.ts"
import { guideProvider } from "./guide.ts"
import { agents } from "../agents/config.ts"
import { Fault } from "../kernel/fault.ts"
import { assignedRefs } from "./assignments.ts"
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

export const assignedKnown = check({
  id: "models.assigned-known",
  title: "Every model named in the settings is one",
  severity: "warn",
  after: ground,
  needs: { models: Models, agents },
  detect({ models, agents }) {
    const unknown = assignedRefs(agents).flatMap((ref) => {
      // Of the default model another check tells more.
      if (ref === models.defaultRef()) return []
      try {
        models.check(ref)
        return []
      } catch (error) {
        return error instanceof Fault ? [{ ref, why: error.message }] : []
      }
    })
    return unknown.length ? { unknown } : null
  },
  explain: ({ unknown }) =>
    `${unknown.map(({ why }) => why).join(" ")} A turn that comes to it goes on to the next one.`,
  next: () => "See what there is with: fased models list --all",
})
