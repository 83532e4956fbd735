import type { Clock } from "../kernel/clock.ts"
import { startWorker } from "../kernel/aside.ts"
import { damaged, tooTangled } from "./faults.ts"

export interface Extraction {
  kind: "html" | "pdf"
  bytes: Uint8Array
  /** What the server says it is written in. */
  charset?: string
  /** Where it is from, for links that are relative. */
  url: string
  mode: "markdown" | "text"
  /** Look for the main part and leave out the rest. */
  main: boolean
  maxChars: number
}

export interface Reading {
  title?: string
  text: string
}
export type Extracted = ({ ok: true } & Reading) | { ok: false; what: string }

/** Pages that hold up their reader longer than this are given up on. */
const deadlineMs = 15_000
/** The worker ends when it has had nothing to do for so long. */
const idleMs = 30_000

/** Reads pages one after another in a worker, which is ended when one of them holds it up. */
export const createExtractor = (clock: Clock) => {
  let worker: Worker | undefined
  let last: Promise<unknown> = Promise.resolve()
  let cancelIdle = () => {}

  const end = () => {
    worker?.terminate()
    worker = undefined
  }

  const read = async (page: Extraction): Promise<Reading> => {
    const { promise, resolve, reject } = Promise.withResolvers<Extracted>()
    const cancel = clock.after(deadlineMs, () =>
      reject(tooTangled({ url: page.url, seconds: deadlineMs / 1000 })),
    )
    try {
      const busy = (worker ??= await startWorker("web/extract-worker"))
      busy.onmessage = ({ data }: { data: Extracted }) => resolve(data)
      busy.onerror = ({ message }) => reject(damaged({ url: page.url, what: message }))
      busy.postMessage(page)
      const answer = await promise
      if (!answer.ok) throw damaged({ url: page.url, what: answer.what })
      return answer
    } catch (error) {
      end()
      throw error
    } finally {
      cancel()
    }
  }

  const rest = () => {
    cancelIdle()
    cancelIdle = clock.after(idleMs, end)
  }

  return {
    read(page: Extraction): Promise<Reading> {
      cancelIdle()
      const reading = last.then(() => read(page))
      last = reading.catch(() => undefined).finally(rest)
      return reading
    },
    close() {
      cancelIdle()
      end()
    },
  }
}
export type Extractor = ReturnType<typeof createExtractor>
