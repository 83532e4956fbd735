import { wordsFor } from "../../models/auth/cooldown.ts"
import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Profile {
  profileId?: string
  type?: string
  status?: string
  label?: string
  agentId?: string
  expiresAt?: number
  unusableUntil?: number
  unusableReason?: string
}

export const modelsAuthList = command({
  about: "In the order they are tried. No key is ever shown.",
  args: {
    provider: { type: "string", valueHint: "id", description: "Only this provider's" },
    agent: { type: "string", valueHint: "id", description: "As this agent sees them" },
    ...gatewayFlags,
  },
  examples: [["fased models auth list", "every profile, and how it does"]],
  async run(args, context) {
    const { out } = context
    const { providers = [] } = (await withGateway(args, context, (client) =>
      client.request("models.auth.status", args.agent ? { agentId: args.agent } : {}),
    )) as { providers?: { provider?: string; profiles?: Profile[] }[] }
    const profiles = providers
      .filter(({ provider }) => !args.provider || provider === args.provider)
      .flatMap(({ profiles = [] }) => profiles)
    if (args.json) return out.json({ profiles })
    if (!profiles.length) {
      const add = out.paint.accent(fased(context, "models auth add --provider openai"))
      const login = out.paint.accent(fased(context, "models auth login --provider openai-codex"))
      out.print("No auth profiles are kept. Keys of the environment and the config work without.")
      out.print(`Add a key: ${add}`)
      out.print(`Or sign in: ${login}`)
      return
    }
    const { accent, bad, good, warn, muted } = out.paint
    const now = Date.now()
    const rows = profiles.map((profile) => [
      [printable(profile.label ?? profile.profileId ?? "", 80), accent] as const,
      kinds[profile.type ?? ""] ?? "",
      printable(profile.agentId ?? "", 40),
      profile.unusableUntil
        ? ([describeRest(profile.unusableUntil - now, profile.unusableReason), warn] as const)
        : ([words[profile.status ?? ""] ?? "", isGood(profile) ? good : bad] as const),
      !profile.expiresAt
        ? ""
        : profile.type === "oauth" && profile.status === "ok"
          ? "renews itself"
          : until(profile.expiresAt, now),
    ])
    for (const line of table(["PROFILE", "KIND", "AGENT", "STATE", "ENDS"], rows, {
      width: out.width,
      muted,
    }))
      out.print(line)
  },
})

const kinds: Record<string, string> = { api_key: "key", token: "token", oauth: "sign-in" }
const words: Record<string, string> = {
  ok: "good",
  static: "good",
  expiring: "ends soon",
  expired: "expired",
  missing: "empty",
  "refresh-required": "sign in again",
}
const isGood = ({ status }: Profile) => status === "ok" || status === "static"

/** Until when a sign-in is not used, and why. */
export const describeRest = (ms: number, reason: string | undefined) =>
  `rests ${minutes(ms)}: ${wordsFor(reason) ?? printable(reason ?? "failed", 40)}`

const minutes = (ms: number) => `${Math.max(1, Math.ceil(ms / 60_000))} min`

const until = (at: number, now: number) => {
  if (at <= now) return ago(at, now)
  const hours = (at - now) / 3_600_000
  if (hours < 1) return `in ${minutes(at - now)}`
  return hours < 48 ? `in ${Math.round(hours)} h` : `in ${Math.round(hours / 24)} days`
}
