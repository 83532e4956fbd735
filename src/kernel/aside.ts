/**
 * Scripts that lie beside the program, in the binary too (build/compile.ts): heavy libraries that a
 * start does without, the terminal UI, what the guide knows. They go along as text; bytecode would
 * take four times the room.
 */
export const asides = [
  "channels/library/qr",
  "cli/library/prompts",
  "cli/library/tab",
  "cli/tui/lines",
  "cli/tui/run",
  "config/library/json5",
  "config/library/jsonc",
  "config/library/yaml",
  "cron/library/croner",
  "discovery/library/dns",
  "gateway/library/x509",
  "models/guide-topics",
  "models/providers/library/anthropic",
  "models/providers/library/compatible",
  "models/providers/library/google",
  "models/providers/library/openai",
  "outbox/library/markdown",
  "plugins/library/zod",
] as const
/** Its path in `src`. */
type Aside = (typeof asides)[number]

/** Those that run as workers. They are large, and go along compressed. */
export const workers = ["web/extract-worker"] as const

/** A file that lies beside the program in the binary; undefined when it runs from source. */
export const besideProgram = (path: string): string | undefined =>
  import.meta.dir.startsWith("/$bunfs/") ? `${import.meta.dir}/${path}` : undefined

const urlOf = (path: Aside) =>
  besideProgram(`asides/${path}.js`) ?? new URL(`../${path}.ts`, import.meta.url).href

/** Loads one; what it exports is for the caller to name, as the type of its module. */
export const loadAside = async <T>(path: Aside): Promise<T> => (await import(urlOf(path))) as T

/** Starts one as a worker: what it does holds up nobody, and its end gives all memory back. */
export const startWorker = async (path: (typeof workers)[number]): Promise<Worker> => {
  const packed = besideProgram(`asides/${path}.js.zst`)
  if (!packed) return new Worker(new URL(`../${path}.ts`, import.meta.url).href)
  const script = await Bun.zstdDecompress(await Bun.file(packed).arrayBuffer())
  const url = URL.createObjectURL(new Blob([new Uint8Array(script)], { type: "text/javascript" }))
  const worker = new Worker(url)
  for (const sign of ["message", "close"])
    worker.addEventListener(sign, () => URL.revokeObjectURL(url), { once: true })
  return worker
}
