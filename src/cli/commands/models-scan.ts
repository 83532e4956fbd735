import { wholeNumber } from "../arguments.ts"
import type { Context } from "../command.ts"
import { command } from "../command.ts"
import { confirmed } from "../confirmed.ts"
import { changeConfig } from "../config-change.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { type ChoiceName, primaryEdit } from "../models-here.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"
import { type Probed, probeModels } from "./models-probe.ts"

interface Listed {
  id: string
  provider: string
  contextWindow?: number
  input?: string[]
  metadata?: { cost?: { input: number; output: number }; createdAt?: number }
}

/** A model that costs nothing, and what is known of it. */
interface Candidate {
  ref: string
  image: boolean
  context: number
  /** Billions, as far as its name says. */
  params?: number
  probe?: Probed
}

export const modelsScan = command({
  about:
    "Asks OpenRouter for its list, picks what is free, and calls each for one tool. The best can become the default.",
  args: {
    probe: { type: "boolean", default: true, description: "Call each (--no-probe: only list)" },
    "min-params": {
      type: "string",
      valueHint: "n",
      description: "Billions of parameters at least",
    },
    "max-age-days": { type: "string", valueHint: "n", description: "Only what is newer" },
    provider: { type: "string", valueHint: "name", description: "Only this maker's models" },
    "max-candidates": { type: "string", valueHint: "n", description: "Most to call (default 6)" },
    "probe-timeout": { type: "string", valueHint: "ms", description: "Wait so long for each" },
    concurrency: { type: "string", valueHint: "n", description: "Calls side by side (default 3)" },
    "set-default": { type: "boolean", description: "Make the best the default model" },
    "set-image": { type: "boolean", description: "Make the best that sees the image model" },
    yes: { type: "boolean", description: "Change the config without being asked" },
    ...gatewayFlags,
  },
  examples: [
    ["fased models scan --no-probe", "what is free"],
    ["fased models scan --set-default --yes", "try them, take the best"],
  ],
  async run(args, context) {
    const { out } = context
    const limits = {
      minParams: wholeNumber("--min-params", args["min-params"], { min: 1 }),
      maxAgeDays: wholeNumber("--max-age-days", args["max-age-days"], { min: 1 }),
      maker: args.provider?.toLowerCase(),
    }
    const most = wholeNumber("--max-candidates", args["max-candidates"], { min: 1, max: 50 }) ?? 6
    const listed = await askForList(args, context)
    const found = freeOnes(listed, { ...limits, now: Date.now() })
      .toSorted(byWorth)
      .slice(0, most)
    const probes =
      args.probe && found.length
        ? await probeModels(args, context, {
            models: found.map(({ ref }) => ref),
            tool: true,
            timeoutMs: wholeNumber("--probe-timeout", args["probe-timeout"], {
              min: 100,
              max: 120_000,
            }),
            concurrency: wholeNumber("--concurrency", args.concurrency, { min: 1, max: 8 }) ?? 3,
          })
        : []
    const tried = found
      .map((one, at) => ({ ...one, probe: probes[at] }))
      .toSorted(args.probe ? byTrial : byWorth)
    const usable = tried.filter(({ probe }) => !args.probe || probe?.ok)
    if (args.json) out.json({ candidates: tried })
    else print(tried, context)
    if (!tried.length || (args.probe && !usable.length)) return 1
    const wanted = [
      ...(args["set-default"] ? [["model", usable[0]] as const] : []),
      ...(args["set-image"] ? [["imageModel", usable.find(({ image }) => image)] as const] : []),
    ]
    for (const [name, candidate] of wanted) await take(name, candidate, args, context)
  },
})

const askForList = (args: Parameters<typeof withGateway>[0], context: Context) =>
  withGateway({ ...args, timeout: args.timeout ?? "60000" }, context, async (client) => {
    const { providers } = (await client.request("models.refresh", { provider: "openrouter" })) as {
      providers?: { ok?: boolean; error?: string; next?: string }[]
    }
    const failed = providers?.find(({ ok }) => !ok)
    if (failed) {
      context.out.note(printable(failed.error ?? "The list could not be had.", 300))
      if (failed.next) context.out.note(printable(failed.next, 300))
      return []
    }
    const { models } = (await client.request("models.list", {
      provider: "openrouter",
      all: true,
      includeMetadata: true,
    })) as { models?: Listed[] }
    return models ?? []
  })

const freeOnes = (
  listed: readonly Listed[],
  limits: { minParams?: number; maxAgeDays?: number; maker?: string; now: number },
): Candidate[] => {
  const { minParams, maxAgeDays, maker, now } = limits
  return listed.flatMap(({ id, provider, contextWindow = 0, input = [], metadata }) => {
    const { cost, createdAt } = metadata ?? {}
    const isFree = id.endsWith(":free") || (cost?.input === 0 && cost.output === 0)
    const params = paramsIn(id)
    const isOld =
      maxAgeDays !== undefined && !(createdAt && now - createdAt <= maxAgeDays * 86_400_000)
    const isSmall = minParams !== undefined && !(params && params >= minParams)
    const isOthers = maker !== undefined && !id.toLowerCase().startsWith(`${maker}/`)
    return !isFree || id === "auto" || isOld || isSmall || isOthers
      ? []
      : [
          {
            ref: `${provider}/${id}`,
            image: input.includes("image"),
            context: contextWindow,
            params,
          },
        ]
  })
}

/** `llama-3.3-70b` says how large it is. */
const paramsIn = (id: string) => {
  const [, billions] = /(?:^|[-_/:])(\d+(?:\.\d+)?)b(?=$|[-_:])/i.exec(id) ?? []
  return billions === undefined ? undefined : Number(billions)
}

const byWorth = (a: Candidate, b: Candidate) =>
  Number(b.image) - Number(a.image) || b.context - a.context || (b.params ?? 0) - (a.params ?? 0)

/** What works comes first, what sees before what does not, the quick before the slow. */
const byTrial = (a: Candidate, b: Candidate) =>
  Number(b.probe?.ok ?? false) - Number(a.probe?.ok ?? false) ||
  Number(b.image) - Number(a.image) ||
  (a.probe?.ms ?? 0) - (b.probe?.ms ?? 0) ||
  byWorth(a, b)

const print = (tried: readonly Candidate[], { out }: Context) => {
  const { accent, good, bad, muted } = out.paint
  if (!tried.length) return out.print("No free model was found.")
  const rows = tried.map(({ ref, image, context, params, probe }) => [
    [printable(ref, 80), accent] as const,
    context ? `${Math.round(context / 1000)}k` : "",
    image ? "text image" : "text",
    params ? `${params}b` : "",
    !probe
      ? ""
      : probe.ok
        ? ([`tool in ${Math.round(probe.ms)} ms`, good] as const)
        : ([(probe.code ?? "failed").replace("models.", ""), bad] as const),
  ])
  const head = ["MODEL", "CONTEXT", "CAN", "SIZE", "TRIED"]
  for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
}

const take = async (
  name: ChoiceName,
  candidate: Candidate | undefined,
  { yes }: { yes?: boolean },
  context: Context,
) => {
  const { out } = context
  const what = name === "model" ? "default model" : "image model"
  if (!candidate) return out.note(`None of them sees; the ${what} stays.`)
  await confirmed(`Make ${candidate.ref} the ${what}?`, {
    yes,
    context,
    words: `models ${name === "model" ? "set" : "set-image"} ${candidate.ref}`,
  })
  const unchanged = () => `${candidate.ref} is the ${what} already.`
  await changeConfig(
    (settings) => settings.change(({ composed }) => [primaryEdit(composed, name, candidate.ref)]),
    { unchanged },
    context,
  )
}
