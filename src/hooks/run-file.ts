import { statSync } from "node:fs"
import { Environment } from "../config/paths.ts"
import { cleanEnvironment } from "../exec/environment.ts"
import type { HookEvent } from "../kernel/hook-event.ts"
import type { HookRun } from "./hook.ts"

/** What the worker does: loads the handler, runs it, says how it went. */
const script = `self.onmessage = async ({ data: { file, event } }) => {
  try {
    const { default: handler } = await import(file)
    if (typeof handler !== "function") throw new Error("it exports no default function")
    await handler(event)
    postMessage({ files: event.context.bootstrapFiles })
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) })
  }
}`

/**
 * Runs a handler on a thread of its own, which is ended with the call: whatever it does, even if it
 * never returns, the gateway goes on. A changed file counts with the next call.
 */
export const runFile = async (file: string, event: HookEvent, { services, signal }: HookRun) => {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }))
  const worker = new Worker(url, { env: cleanEnvironment(services.get(Environment)) })
  const ended = Promise.withResolvers<void>()
  const stop = () => ended.reject(signal.reason)
  signal.addEventListener("abort", stop, { once: true })
  worker.onmessage = ({ data }: MessageEvent<{ error?: string; files?: unknown }>) => {
    if (data.error !== undefined) return ended.reject(new Error(data.error))
    if (data.files !== undefined) event.context.bootstrapFiles = data.files
    ended.resolve()
  }
  worker.onerror = ({ message }) => ended.reject(new Error(message))
  worker.addEventListener("close", () => ended.reject(new Error("it ended its own thread")))
  try {
    worker.postMessage({ file: `${file}?at=${statSync(file).mtimeMs}`, event })
    await ended.promise
  } finally {
    signal.removeEventListener("abort", stop)
    worker.terminate()
    URL.revokeObjectURL(url)
  }
}
