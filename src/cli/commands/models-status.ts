import { adviceLines } from "../advice.ts"
import type { Context } from "../command.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"
import { describeRest } from "./models-auth-list.ts"
import { printProbes, probeLimits, probeModels } from "./models-probe.ts"

interface Provider {
  provider?: string
  status?: string
  effective?: { kind?: string; detail?: string }
  next?: string
  profiles?: readonly { unusableUntil?: number; unusableReason?: string }[]
}

/** Ways to connect that are shown unasked. */
const fewWays = 3

export const modelsStatus = command({
  about:
    "With --check the exit code is 1 when no provider is connected or a sign-in has expired, 2 when one expires within a day.",
  args: {
    all: { type: "boolean", description: "Also every provider that is not connected" },
    check: { type: "boolean", description: "Say by the exit code whether all is well" },
    agent: { type: "string", valueHint: "id", description: "As this agent sees it" },
    plain: { type: "boolean", description: "Just provider and state, one a line" },
    probe: { type: "boolean", description: "Call one model of each for one word" },
    "probe-provider": { type: "string", valueHint: "id", description: "Call only this one" },
    "probe-timeout": { type: "string", valueHint: "ms", description: "Wait so long for each" },
    "probe-concurrency": { type: "string", valueHint: "n", description: "Calls side by side" },
    "probe-max-tokens": { type: "string", valueHint: "n", description: "Most tokens of an answer" },
    ...gatewayFlags,
  },
  examples: [
    ["fased models status", "what is connected, and how to connect more"],
    ["fased models status --probe", "see that they answer; costs what a word costs"],
    ["fased models status --check", "for a script: exit code 1 when only the guide can answer"],
  ],
  async run(args, context) {
    const { out } = context
    const result = (await withGateway(args, context, (client) =>
      client.request("models.auth.status", args.agent ? { agentId: args.agent } : {}),
    )) as { providers?: Provider[] }
    const providers = result.providers ?? []
    const probes = args.probe
      ? await probeModels(args, context, { ...probeLimits(args), provider: args["probe-provider"] })
      : undefined
    const code = Math.max(
      args.check ? codeOf(providers) : 0,
      probes?.every(({ ok }) => ok) === false ? 1 : 0,
    )
    if (args.json) {
      out.json({ ...result, ...(probes && { probes }) })
      return code
    }
    if (args.plain) {
      for (const { provider = "", status = "" } of providers)
        out.print(printable(`${provider} ${status}`))
      return code
    }
    printProviders(providers, args.all ?? false, context)
    if (probes) {
      out.print()
      printProbes(probes, context)
    }
    return code
  },
})

const printProviders = (providers: readonly Provider[], all: boolean, { out }: Context) => {
  const { heading, accent, good, warn, bad, muted } = out.paint
  const missing = providers.filter((each) => !isReady(each))
  const listed = all ? providers : providers.filter((each) => isReady(each) || isLost(each))
  const now = Date.now()
  const restOf = ({ profiles = [] }: Provider) => {
    const [first] = profiles.toSorted((a, b) => (a.unusableUntil ?? 0) - (b.unusableUntil ?? 0))
    if (!first?.unusableUntil) return undefined
    return [describeRest(first.unusableUntil - now, first.unusableReason), warn] as const
  }
  const rows = listed.map((each) => [
    [printable(each.provider ?? "", 40), accent] as const,
    isReady(each)
      ? (restOf(each) ??
        ([each.status === "expiring" ? "ready, expires soon" : "ready", good] as const))
      : isLost(each)
        ? ([(each.status ?? "").replace("-", " "), bad] as const)
        : (["not connected", warn] as const),
    isReady(each) ? printable(each.effective?.detail ?? "", 60) : "",
  ])
  const head = ["PROVIDER", "STATE", "KEY FROM"]
  for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  const ways = missing.filter(({ next }) => next)
  // With a model that answers, nobody needs to be told how to get one.
  const shown = all ? ways.length : providers.some(isConnected) ? 0 : fewWays
  for (const { provider = "", next } of ways.slice(0, shown)) {
    out.print(`\n${heading(`To connect ${printable(provider, 40)}`)}`)
    for (const line of adviceLines(printable(next!, 200), out.width - 2)) out.print(`  ${line}`)
  }
  if (ways.length > shown)
    out.print(`\n${ways.length - shown} more providers: fased models status --all`)
}

const isLost = ({ status }: Provider) => status === "expired" || status === "refresh-required"
const isReady = (provider: Provider) => provider.status !== "missing" && !isLost(provider)

const codeOf = (providers: readonly Provider[]) => {
  if (!providers.some(isConnected) || providers.some(isLost)) return 1
  return providers.some(({ status }) => status === "expiring") ? 2 : 0
}

/** The built-in guide needs no key, and is no language model. */
const isConnected = (provider: Provider) => isReady(provider) && provider.provider !== "fased"
