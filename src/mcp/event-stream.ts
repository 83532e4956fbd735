/** Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html */
import { createLines } from "./wire.ts"

/** Reads a stream of events to its end. What is remembered is for whoever takes it up again. */
export const createEventReader = (
  most: number,
  on: { event(data: string): void; tooLong(beginning: string): void },
) => {
  let data: string[] = []
  let length = 0
  let lastId: string | undefined
  let retryMs: number | undefined
  const flush = () => {
    const whole = data.join("\n")
    data = []
    length = 0
    if (whole) on.event(whole)
  }
  const line = (text: string) => {
    if (!text) return flush()
    const colon = text.indexOf(":")
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "")
    if (field === "data") {
      length += value.length
      data.push(value)
      if (length <= most) return
      on.tooLong(value.slice(0, 300))
      data = []
      length = 0
    } else if (field === "id" && !value.includes("\0")) lastId = value
    else if (field === "retry" && /^\d{1,7}$/.test(value)) retryMs = Number(value)
  }
  const take = createLines(most, line, on.tooLong)
  return {
    take,
    get lastId() {
      return lastId
    },
    get retryMs() {
      return retryMs
    },
  }
}
