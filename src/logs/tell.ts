import { Bus } from "../kernel/event.ts"
import type { Services } from "../kernel/service.ts"
import { logLines, topic } from "./events.ts"
import { maskIn, printable } from "./redact.ts"
import { Logs } from "./writer.ts"

const mostChars = 256_000

/** The newest of these lines that go into one event. */
const newest = (lines: readonly string[]) => {
  let room = mostChars
  const cut = lines.findLastIndex((line) => (room -= line.length) < 0)
  return { lines: lines.slice(cut + 1), ...(cut >= 0 && { truncated: true as const }) }
}

/** Tells whoever watches the log of each line that was written. Returns the end of it. */
export const tellOfLines = (services: Services) => {
  const bus = services.get(Bus)
  return services.get(Logs).follow((written) => {
    const { lines, ...more } = newest(written)
    const shown = lines.map((line) => maskIn(printable(line.trimEnd())))
    bus.emit(logLines, { lines: shown, ...more }, topic)
  })
}
