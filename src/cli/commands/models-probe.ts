import { wholeNumber } from "../arguments.ts"
import { adviceLines } from "../advice.ts"
import type { Context } from "../command.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags, type GatewayArgs } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export interface Probed {
  ref: string
  ok: boolean
  ms: number
  code?: string
  message?: string
  next?: string
}

interface ProbeWish {
  model?: string
  models?: readonly string[]
  provider?: string
  timeoutMs?: number
  maxTokens?: number
  concurrency?: number
  tool?: boolean
}

/** How far a probe may go, as its flags say. */
export const probeLimits = (args: {
  "probe-timeout"?: string
  "probe-concurrency"?: string
  "probe-max-tokens"?: string
}) => {
  const number = (flag: keyof typeof args, min: number, max: number) =>
    wholeNumber(`--${flag}`, args[flag], { min, max })
  return {
    timeoutMs: number("probe-timeout", 100, 120_000),
    concurrency: number("probe-concurrency", 1, 8),
    maxTokens: number("probe-max-tokens", 1, 1000),
  }
}

/** Has the gateway call models for a word each. */
export const probeModels = async (
  args: GatewayArgs,
  context: Context,
  wish: ProbeWish,
): Promise<Probed[]> => {
  const { results } = (await withGateway(
    { ...args, timeout: args.timeout ?? "600000" },
    context,
    (client) =>
      client.request(
        "models.probe",
        Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined)),
      ),
  )) as { results?: Probed[] }
  return results ?? []
}

/** Which models answered how fast, and what to do about those that did not. */
export const printProbes = (results: readonly Probed[], { out }: Pick<Context, "out">) => {
  const { heading, accent, good, bad, muted } = out.paint
  if (!results.length) {
    out.print("There is no model to call. See how to connect one with: fased models status")
    return
  }
  const rows = results.map(({ ref, ok, ms, code }) => [
    [printable(ref, 80), accent] as const,
    ok ? (["answers", good] as const) : ([(code ?? "failed").replace("models.", ""), bad] as const),
    `${Math.round(ms)} ms`,
  ])
  const head = ["MODEL", "STATE", "TOOK"]
  for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  for (const { ref, message = "it failed", next } of results.filter(({ ok }) => !ok)) {
    out.print(`\n${heading(printable(ref, 80))}: ${printable(message, 400)}`)
    for (const line of adviceLines(printable(next ?? "", 200), out.width - 2))
      out.print(`  ${line}`)
  }
}

export const modelsProbe = command({
  about: "Costs what a word costs at each provider. Exit code 1 when one does not answer.",
  args: {
    model: { type: "positional", required: false, description: "Only this one" },
    provider: { type: "string", valueHint: "id", description: "Only this provider" },
    tool: { type: "boolean", description: "Also see whether it calls a tool" },
    "probe-timeout": { type: "string", valueHint: "ms", description: "Wait so long for each" },
    "probe-concurrency": { type: "string", valueHint: "n", description: "Calls side by side" },
    "probe-max-tokens": { type: "string", valueHint: "n", description: "Most tokens of an answer" },
    ...gatewayFlags,
  },
  examples: [
    ["fased models probe", "one model of every connected provider"],
    ["fased models probe sonnet", "one model"],
  ],
  async run(args, context) {
    const results = await probeModels(args, context, {
      model: args.model,
      provider: args.provider,
      tool: args.tool || undefined,
      ...probeLimits(args),
    })
    if (args.json) context.out.json({ results })
    else printProbes(results, context)
    return results.every(({ ok }) => ok) ? 0 : 1
  },
})
