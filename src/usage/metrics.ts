import { type Counts, counter } from "../kernel/metric.ts"
import type { RecordedCall } from "./service.ts"

const calls = counter({
  name: "fased_model_calls_total",
  help: "Calls of models by how they ended.",
  labels: ["provider", "model", "outcome"],
})
const tokens = counter({
  name: "fased_model_tokens_total",
  help: "Tokens of models, as their providers count them.",
  labels: ["provider", "model", "kind"],
})
const dollars = counter({
  name: "fased_model_cost_dollars_total",
  help: "What models cost, where the price is known.",
  labels: ["provider", "model"],
})

export const metrics = [calls, tokens, dollars] as const

const kinds = {
  input: "input",
  output: "output",
  cacheRead: "cache_read",
  cacheWrite: "cache_write",
}

export const countCall = (counts: Counts, call: RecordedCall) => {
  const { provider, model, outcome, tokens: used, charge } = call
  counts.add(calls, [provider, model, outcome])
  for (const [name, kind] of Object.entries(kinds)) {
    const count = used?.[name as keyof typeof kinds]
    if (count) counts.add(tokens, [provider, model, kind], count)
  }
  if (charge.billing === "priced") counts.add(dollars, [provider, model], charge.micros / 1e6)
}
