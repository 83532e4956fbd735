import type { TurnPart } from "../agent/turns.ts"
import type { Usage } from "../sessions/message.ts"
import type { Refused } from "../kernel/route.ts"
import type { EventStream } from "./event-stream.ts"
import { openAiError } from "./refusal.ts"

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter"

/** What names an answer in all its chunks. */
export interface Head {
  id: string
  model: string
  /** In milliseconds. */
  at: number
}

/** Writes an answer as chunks of the chat API, most of each by hand: there are many. */
export class ChatChunks {
  readonly #before: string
  readonly #after: string
  /** Where a call stands among the answer's. */
  readonly #calls = new Map<string, number>()

  constructor(
    private readonly stream: EventStream,
    { id, model, at }: Head,
    private readonly options: { usage: boolean; thoughts: boolean },
  ) {
    const { id: _, ...head } = {
      id,
      object: "chat.completion.chunk",
      created: toSeconds(at),
      model,
    }
    const fields = JSON.stringify({ id, ...head }).slice(0, -1)
    this.#before = `data: ${fields},"choices":[{"index":0,"delta":`
    this.#after = `}]${options.usage ? ',"usage":null' : ""}}\n\n`
    this.#choice('{"role":"assistant","content":""},"finish_reason":null')
  }

  readonly hear = (part: TurnPart) => {
    switch (part.type) {
      case "text":
        if (part.delta)
          this.#choice(`{"content":${JSON.stringify(part.delta)}},"finish_reason":null`)
        return
      case "thinking":
        if (this.options.thoughts && part.delta)
          this.#choice(`{"reasoning_content":${JSON.stringify(part.delta)}},"finish_reason":null`)
        return
      case "call": {
        const index = this.#calls.size
        this.#calls.set(part.id, index)
        const { id, name } = part
        const call = { index, id, type: "function", function: { name, arguments: "" } }
        this.#choice(`{"tool_calls":[${JSON.stringify(call)}]},"finish_reason":null`)
        return
      }
      case "arguments": {
        const index = this.#calls.get(part.id)
        if (index === undefined || !part.delta) return
        const call = `{"index":${index},"function":{"arguments":${JSON.stringify(part.delta)}}}`
        this.#choice(`{"tool_calls":[${call}]},"finish_reason":null`)
      }
    }
  }

  finish(reason: FinishReason, usage: Usage | undefined) {
    this.#choice(`{},"finish_reason":"${reason}"`)
    if (this.options.usage) {
      const start = this.#before.slice(0, this.#before.indexOf(',"choices"'))
      this.stream.write(`${start},"choices":[],"usage":${JSON.stringify(toUsage(usage))}}\n\n`)
    }
    this.#done()
  }

  fail(refused: Refused) {
    this.stream.write(`data: ${JSON.stringify(openAiError(refused))}\n\n`)
    this.#done()
  }

  #choice(rest: string) {
    this.stream.write(this.#before + rest + this.#after)
  }

  #done() {
    this.stream.write("data: [DONE]\n\n")
    this.stream.end()
  }
}

export const toSeconds = (ms: number) => Math.floor(ms / 1000)

export const toUsage = (usage: Usage | undefined) => {
  const { input = 0, output = 0, reasoning = 0, cacheRead = 0, cacheWrite = 0 } = usage ?? {}
  const prompt = input + cacheRead + cacheWrite
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    prompt_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}
