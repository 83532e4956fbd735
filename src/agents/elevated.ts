import * as z from "zod"
import { onFirstUse } from "../kernel/later.ts"
import { service } from "../kernel/service.ts"
import type { Standing } from "../kernel/tool.ts"

const allowFrom = onFirstUse(() =>
  z
    .record(
      z.string().min(1).describe("Channel, such as telegram."),
      z
        .array(z.string().trim().min(1))
        .describe("Senders by their id, with or without id:, from: or e164:; * is anyone."),
    )
    .describe(
      "Who else than the operator may, by channel. Names are not looked at: anyone can take one.",
    ),
)

/** `tools.elevated` */
export const elevatedSettings = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().default(true).describe("Let commands leave the sandbox at all."),
      allowFrom: allowFrom().default({}),
    })
    .prefault({})
    .describe("Sessions whose commands leave the sandbox."),
)

/** `agents.list[].tools.elevated`: what it says holds beside what is said for all. */
export const agentElevated = onFirstUse(() =>
  z
    .strictObject({
      enabled: z.boolean().optional().describe("Let this agent's commands leave the sandbox."),
      allowFrom: allowFrom().optional(),
    })
    .optional()
    .describe("Sessions of this agent whose commands leave the sandbox."),
)

type Rule = z.infer<ReturnType<typeof agentElevated>>

/** May a turn of this standing take commands out of the sandbox? */
export type Elevation = (standing: Standing) => boolean
export const Elevation = service<Elevation>("elevation")

/** True when every rule lets this turn's sender; only what a person sends is ever let. */
export const mayElevate = ({ owner, surface, place }: Standing, rules: readonly Rule[]) => {
  if (surface !== "chat" && surface !== "channel") return false
  return rules.every((rule) => {
    if (rule?.enabled === false) return false
    if (owner || !rule?.allowFrom) return true
    const listed = place && Object.hasOwn(rule.allowFrom, place.channel)
    return !!listed && rule.allowFrom[place.channel]!.some((entry) => isSender(entry, place.sender))
  })
}

const isSender = (entry: string, sender: string | undefined) => {
  if (entry === "*") return true
  if (!sender) return false
  const [, prefix, name] = /^(?:(id|from|e164|name|username|tag):)?(.+)$/is.exec(entry) ?? []
  if (name === undefined) return false
  switch (prefix?.toLowerCase()) {
    case "e164":
      return /\d/.test(name) && digits(name) === digits(sender)
    case undefined:
    case "id":
    case "from":
      return name === sender
    default:
      return false
  }
}

const digits = (text: string) => text.replace(/\D/g, "")
