import * as z from "zod"
import { thinkingLevels } from "../kernel/channel.ts"

/**
 * What a session wants otherwise than the config says (`sessions.patch`, directives). An absent
 * field inherits. Survives a reset, but for `authProfile` when it was picked automatically.
 */
export const sessionOverrides = z.object({
  /** `provider/model` */
  model: z.string().optional(),
  authProfile: z.object({ id: z.string(), source: z.enum(["auto", "user"]) }).optional(),
  thinking: z.enum(thinkingLevels).optional(),
  verbose: z.enum(["on", "full", "off"]).optional(),
  reasoning: z.enum(["on", "off", "stream"]).optional(),
  elevated: z.enum(["on", "ask", "full", "off"]).optional(),
  responseUsage: z.enum(["off", "tokens", "full"]).optional(),
  sendPolicy: z.enum(["allow", "deny"]).optional(),
  groupActivation: z.enum(["mention", "always"]).optional(),
  queue: z
    .object({
      mode: z.enum(["collect", "followup", "steer", "steer-backlog", "interrupt"]).optional(),
      debounceMs: z.int().min(0).optional(),
      cap: z.int().min(1).optional(),
      drop: z.enum(["summarize", "old", "new"]).optional(),
    })
    .optional(),
  exec: z
    .object({
      host: z.enum(["sandbox", "gateway", "node", "auto"]).optional(),
      security: z.enum(["deny", "allowlist", "full"]).optional(),
      ask: z.enum(["off", "on-miss", "always"]).optional(),
      node: z.string().optional(),
    })
    .optional(),
})
export type SessionOverrides = z.infer<typeof sessionOverrides>

/** New values; null takes one back. Objects inside are replaced whole. */
export type OverridesPatch = { [K in keyof SessionOverrides]?: SessionOverrides[K] | null }

export const patched = (before: SessionOverrides, patch: OverridesPatch): SessionOverrides =>
  Object.fromEntries(
    Object.entries({ ...before, ...patch }).filter(
      ([, value]) => value !== null && value !== undefined,
    ),
  )

/** What stands in a row; undefined when it cannot be read. */
export const readOverrides = (text: string): SessionOverrides | undefined => {
  if (text === "{}") return {}
  try {
    const overrides: unknown = JSON.parse(text)
    return sessionOverrides.safeParse(overrides).success
      ? (overrides as SessionOverrides)
      : undefined
  } catch {
    return undefined
  }
}

/** A credential that was picked automatically is picked anew; what somebody wished for stays. */
export const afterReset = ({ authProfile, ...rest }: SessionOverrides): SessionOverrides =>
  authProfile?.source === "user" ? { ...rest, authProfile } : rest
