import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider"
import { type Called, cutOff, garbled, unavailable } from "./faults.ts"

interface Wrapping {
  called: Called
  explain(error: unknown): unknown
  /** Longest reply to ask for when the caller does not say. */
  maxTokens?: number
}

/** The same model, whose every failure is a fault: thrown, or in an `error` part of the stream. */
export const explained = (language: LanguageModelV4, wrapping: Wrapping): LanguageModelV4 => {
  const { called, explain, maxTokens } = wrapping
  const attempt = async <T>(work: () => PromiseLike<T>) => {
    try {
      return await work()
    } catch (error) {
      throw explain(error)
    }
  }
  const limited = (options: LanguageModelV4CallOptions) => ({
    ...options,
    maxOutputTokens: options.maxOutputTokens ?? maxTokens,
  })
  return {
    specificationVersion: "v4",
    provider: called.provider,
    modelId: called.model,
    get supportedUrls() {
      return language.supportedUrls
    },
    doGenerate: (options) => attempt(() => language.doGenerate(limited(options))),
    async doStream(options) {
      const result = await attempt(() => language.doStream(limited(options)))
      return { ...result, stream: explainedStream(result.stream, wrapping) }
    },
  }
}

const explainedStream = (
  parts: ReadableStream<LanguageModelV4StreamPart>,
  { called, explain }: Wrapping,
) => {
  const reader = parts.getReader()
  let failed = false
  let spoke = false
  let finished = false
  /** What is wrong with a stream that ends like this, unless that was said before. */
  const wrongEnding = (ending: string) => {
    if (failed) return undefined
    if (ending === "interrupted")
      return spoke ? cutOff(called) : garbled({ ...called, what: "nothing we could read" })
    return ending === "error" ? unavailable(called) : undefined
  }
  return new ReadableStream<LanguageModelV4StreamPart>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          const fault = finished ? undefined : wrongEnding("interrupted")
          if (fault) controller.enqueue({ type: "error", error: fault })
          return controller.close()
        }
        if (value.type === "error") {
          failed = true
          return controller.enqueue({ type: "error", error: explain(value.error) })
        }
        if (value.type === "finish") {
          finished = true
          const fault = wrongEnding(value.finishReason.unified)
          if (fault) controller.enqueue({ type: "error", error: fault })
        } else if (value.type !== "stream-start") spoke = true
        controller.enqueue(value)
      } catch (error) {
        controller.error(explain(error))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
