import { risk } from "../kernel/risk.ts"
import { weakness } from "../secrets/compare.ts"
import { hooks } from "./config.ts"
import { watchOf } from "./gmail/settings.ts"
import { mappingsOf } from "./presets.ts"

export const tokenWeak = risk({
  id: "hooks.token_weak",
  title: "The webhooks' token is easily guessed",
  needs: { hooks },
  detect({ hooks: { enabled, token } }) {
    const why = enabled && token !== undefined ? weakness(token) : undefined
    if (!why) return null
    return {
      severity: "critical",
      detail: `hooks.token can be guessed: ${why}. Whoever has it talks to your agents.`,
      remediation: "Put a long random one in: fased secrets set hooks.token",
    }
  },
})

export const requestSessions = risk({
  id: "hooks.request_session_key",
  title: "Webhook callers choose the session they talk in",
  needs: { hooks },
  detect({ hooks: { enabled, allowRequestSessionKey, allowedSessionKeyPrefixes } }) {
    if (!enabled || !allowRequestSessionKey || allowedSessionKeyPrefixes.length) return null
    return {
      severity: "warn",
      detail: "hooks.allowRequestSessionKey is on, and no prefix says which sessions those may be.",
      remediation: "Name some: fased config set hooks.allowedSessionKeyPrefixes '[\"hook:\"]'",
    }
  },
})

export const unsafeContent = risk({
  id: "hooks.unsafe_content",
  title: "Agents read webhooks as if you had written them",
  needs: { hooks },
  detect({ hooks }) {
    const names = [
      ...mappingsOf(hooks)
        .filter(({ allowUnsafeExternalContent }) => allowUnsafeExternalContent)
        .map(({ name, match }) => name ?? match.path ?? match.source),
      ...(watchOf(hooks)?.allowUnsafeExternalContent ? ["mail (hooks.gmail)"] : []),
    ]
    if (!hooks.enabled || !names.length) return null
    return {
      severity: "warn",
      detail: `What strangers send by ${names.join(", ")} is not fenced (allowUnsafeExternalContent).`,
      remediation: "Take the setting out of these unless only you can call them.",
    }
  },
})
