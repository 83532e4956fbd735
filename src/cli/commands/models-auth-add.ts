import type { Context } from "../command.ts"
import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { readHidden } from "../hidden-input.ts"
import { printable } from "../printable.ts"

const profileFlags = {
  provider: { type: "string", valueHint: "id", description: "Provider, e.g. openai" },
  "profile-id": {
    type: "string",
    valueHint: "provider:name",
    description: "Name of the profile, for a second account",
  },
  email: { type: "string", valueHint: "address", description: "Whose account it is" },
  agent: { type: "string", valueHint: "id", description: "Only for this agent" },
  ...gatewayFlags,
} as const

const expiresIn = {
  type: "string",
  valueHint: "30d",
  description: "When the token ends, from now: 12h, 30d, 365d",
} as const

type Args = Partial<Record<keyof typeof profileFlags | "expires-in", string | boolean>>

interface Kind {
  mode: "api_key" | "token"
  /** Name of the profile where none is given, behind the provider's. */
  name: string
  asks: (provider: string) => string
  /** What is wrong with what was typed. */
  problem?: (secret: string) => string | undefined
}

/** Asks for the secret before anything else is done, and keeps it in the gateway. */
const keep = async (kind: Kind, name: string, args: Args, context: Context) => {
  const { out } = context
  const provider = String(args.provider ?? "").trim()
  if (!provider)
    throw usage({
      problem: "Which provider it is for was not said.",
      hint: fased(context, `models auth ${name} --provider openai`),
    })
  const expiresAtMs = endOf(args["expires-in"])
  const json = args.json === true
  const typed = await readHidden(
    {
      message: kind.asks(provider),
      again: fased(context, `models auth ${name} --provider ${provider}`),
    },
    context,
    json,
  )
  const secret = typed.trim()
  const problem = kind.problem?.(secret)
  if (problem) throw usage({ problem, hint: "Copy it again, in one piece." })
  const stored = await withGateway(args as object, context, async (client, target) => {
    const result = await client.request("models.auth.store", {
      profileId: args["profile-id"] ?? `${provider}:${kind.name}`,
      provider,
      mode: kind.mode,
      secret,
      ...(args.email && { email: args.email }),
      ...(args.agent && { agentId: args.agent }),
      ...(expiresAtMs && { expiresAtMs }),
    })
    noteTarget(target, context)
    return result as { profileId?: string }
  })
  if (json) return out.json(stored)
  out.print(`${out.paint.good("Kept")} as ${printable(stored.profileId ?? "", 200)}`)
  out.print(`Try it: ${out.paint.accent(fased(context, `models probe --provider ${provider}`))}`)
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

const endOf = (text: string | boolean | undefined): number | undefined => {
  if (text === undefined) return undefined
  const [, count, unit = ""] = /^(\d{1,5})([mhd])$/.exec(String(text)) ?? []
  if (count && Number(count)) return Date.now() + Number(count) * units[unit]!
  throw usage({
    problem: `--expires-in cannot be "${printable(String(text), 40)}".`,
    hint: "It is like 12h or 30d.",
  })
}

export const modelsAuthAdd = command({
  about:
    "Asks for the key, or reads it from standard input, so that it stands in no command line. A provider may have several profiles; when one fails the next is used.",
  args: profileFlags,
  examples: [
    ["fased models auth add --provider openai", "asks for the key"],
    ["pass show openai | fased models auth add --provider openai", "from a password manager"],
    [
      "fased models auth add --provider openai --profile-id openai:work",
      "a second key beside the first",
    ],
  ],
  run: (args, context) =>
    keep(
      { mode: "api_key", name: "default", asks: (provider) => `Key of ${provider}` },
      "add",
      args,
      context,
    ),
})

export const modelsAuthPasteToken = command({
  about:
    "For what is sent as a bearer token. With --expires-in fased says when it is to be renewed.",
  args: { ...profileFlags, "expires-in": expiresIn },
  examples: [
    [
      "fased models auth paste-token --provider github-copilot --expires-in 30d",
      "asks for the token",
    ],
  ],
  run: (args, context) =>
    keep(
      { mode: "token", name: "manual", asks: (provider) => `Token of ${provider}` },
      "paste-token",
      args,
      context,
    ),
})

export const modelsAuthSetupToken = command({
  about:
    "For a Claude subscription: make a token with `claude setup-token` on any machine, then paste it here.",
  args: { ...profileFlags, "expires-in": expiresIn },
  examples: [["fased models auth setup-token", "asks for the token"]],
  run: (args, context) =>
    keep(
      {
        mode: "token",
        name: "default",
        asks: () => "Token that `claude setup-token` printed (sk-ant-oat…)",
        problem: (secret) =>
          secret.startsWith("sk-ant-oat")
            ? undefined
            : "That is not a setup token: those begin with sk-ant-oat.",
      },
      "setup-token",
      { ...args, provider: args.provider ?? "anthropic" },
      context,
    ),
})
