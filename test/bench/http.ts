/**
 * `npm run bench:http -- [seconds]`: OpenAI's chat API by the binary, for a model by itself and for
 * an agent, beside the model server asked directly. Client, gateway and model server share the
 * machine, so the ratios say more than the figures.
 */
import { residentMegabytes, testToken } from "../support/binary.ts"
import { printTable } from "./measure.ts"
import { startProxied } from "./proxied.ts"

const seconds = Number(process.argv[2] ?? 3)
const connections = [1, 8, 32, 256]
const kinds = [
  { name: "whole", words: 64, stream: false },
  { name: "stream", words: 256, stream: true },
]
type Kind = (typeof kinds)[number]

await using proxied = await startProxied()
const { gateway, providerUrl } = proxied
const authorization = `Bearer ${testToken}`

interface Path {
  name: string
  base: string
  asks(kind: Kind): { model: string; headers?: Record<string, string> }
}
const paths: Path[] = [
  { name: "direct", base: providerUrl, asks: ({ words }) => ({ model: `words-${words}` }) },
  {
    name: "model",
    base: gateway.url,
    asks: ({ words }) => ({ model: `mock/words-${words}`, headers: { authorization } }),
  },
  {
    name: "agent",
    base: gateway.url,
    asks: ({ words }) => ({
      model: "fased",
      headers: { authorization, "x-fased-model": `mock/words-${words}` },
    }),
  },
]

/** Asks once, and reads the answer to its end. */
const ask = async ({ base, asks }: Path, kind: Kind) => {
  const { model, headers } = asks(kind)
  const response = await fetch(`${base}v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({
      model,
      stream: kind.stream,
      messages: [{ role: "user", content: "hi" }],
    }),
  })
  const text = await response.text()
  if (!response.ok || !text.includes(`word${kind.words - 1} `))
    throw new Error(`${response.status} ${text.slice(0, 300)}`)
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!

/** So many connections ask without a pause. */
const drive = async (path: Path, kind: Kind, lanes: number) => {
  const took: number[] = []
  const began = performance.now()
  const ends = began + seconds * 1000
  const lane = async () => {
    while (performance.now() < ends) {
      const asked = performance.now()
      await ask(path, kind)
      took.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  const rate = (took.length / (performance.now() - began)) * 1000
  took.sort((a, b) => a - b)
  return { rate, p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
}

const rows: string[][] = []
for (const kind of kinds)
  for (const lanes of connections) {
    let direct = 0
    for (const path of paths) {
      await ask(path, kind)
      const { rate, p50, p99 } = await drive(path, kind, lanes)
      const isDirect = path.name === "direct"
      if (isDirect) direct = rate
      rows.push([
        `${kind.name} ${kind.words} words, ${path.name}`,
        `${lanes}`,
        rate.toFixed(0),
        (rate * kind.words).toFixed(0),
        p50.toFixed(2),
        p99.toFixed(2),
        isDirect ? "" : (await residentMegabytes(gateway.pid)).toFixed(0),
        isDirect ? "" : `${(direct / rate).toFixed(1)}×`,
      ])
    }
  }
const head = ["asked", "connections", "requests/s", "words/s", "p50 ms", "p99 ms", "MB", "slower"]
printTable([head, ...rows])
