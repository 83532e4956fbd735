import * as z from "zod"
import type { Clock } from "../kernel/clock.ts"
import { within } from "../kernel/deadline.ts"
import { onFirstUse } from "../kernel/later.ts"
import type { Log } from "../kernel/log.ts"
import { service } from "../kernel/service.ts"
import type { Models } from "../models/service.ts"
import type { MediaToolSettings } from "../tools/media-settings.ts"

/** Puts recordings into words. */
export interface Transcriber {
  /** Somebody is there to do it. */
  readonly ready: boolean
  /** Undefined where nobody could. `ending` says what kind of file it is. */
  transcribe(
    bytes: Uint8Array,
    ending: string,
    options: { agentId: string; signal: AbortSignal },
  ): Promise<string | undefined>
}
export const Transcriber = service<Transcriber>("transcriber")

const answer = onFirstUse(() => z.object({ text: z.string() }))
const longestAnswer = 200_000

export const createTranscriber = ({
  settings,
  models,
  clock,
  log,
}: {
  settings: () => MediaToolSettings
  models: () => Pick<Models, "reach">
  clock: Clock
  log: Log
}): Transcriber => {
  /** OpenAI's wire format, which the others speak as well. */
  const ask = async (
    { provider, model }: MediaToolSettings["audio"]["models"][number],
    bytes: Uint8Array,
    ending: string,
    { agentId, signal }: { agentId: string; signal: AbortSignal },
  ) => {
    const reached = models().reach(provider, { agentId, model })
    const body = new FormData()
    body.set("model", model)
    body.set("response_format", "json")
    body.set("file", new File([Uint8Array.from(bytes)], `recording.${ending}`))
    const response = await reached.fetch(`${reached.baseUrl}/audio/transcriptions`, {
      method: "POST",
      body,
      signal,
    })
    const text = await response.text()
    if (!response.ok || text.length > longestAnswer)
      throw new Error(`transcription answered with status ${response.status}`)
    return answer().parse(JSON.parse(text)).text.trim().toWellFormed()
  }

  return {
    get ready() {
      const { enabled, models } = settings().audio
      return enabled && models.length > 0
    },
    async transcribe(bytes, ending, { agentId, signal }) {
      const { enabled, models: chosen, maxBytes, timeoutSeconds } = settings().audio
      if (!enabled || bytes.length > maxBytes) return undefined
      for (const one of chosen)
        try {
          return await within(
            clock,
            timeoutSeconds * 1000,
            (inner) => ask(one, bytes, ending, { agentId, signal: inner }),
            signal,
          )
        } catch (error) {
          signal.throwIfAborted()
          log.for("media").warn("a recording could not be put into words", { ...one, error })
        }
      return undefined
    },
  }
}
