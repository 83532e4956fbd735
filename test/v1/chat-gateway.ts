import OpenAI from "openai"
import { startConversation } from "../support/conversation.ts"
import type { Script } from "../support/fake-model.ts"
import { testToken } from "../support/gateway.ts"

/** A gateway that serves the chat API, and the OpenAI library to ask it with. */
export const startChatApi = async (
  turns: Script[],
  { chatCompletions = {}, ...more }: { chatCompletions?: object } & Options = {},
) => {
  const conversation = await startConversation(turns, {
    ...more,
    config: {
      gateway: {
        http: { endpoints: { chatCompletions: { enabled: true, ...chatCompletions } } },
      },
      ...more.config,
    },
  })
  const { url } = conversation.gateway.running
  const openai = (options: Partial<ConstructorParameters<typeof OpenAI>[0]> = {}) =>
    new OpenAI({ baseURL: `${url}v1`, apiKey: testToken, maxRetries: 0, ...options })
  return {
    ...conversation,
    url,
    openai: openai(),
    another: openai,
    /** A bare request, for what the library would not send. */
    post: (body: unknown, headers: Record<string, string> = {}, path = "v1/chat/completions") =>
      fetch(url + path, {
        method: "POST",
        headers: { authorization: `Bearer ${testToken}`, ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    get: (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${testToken}` } }),
    [Symbol.asyncDispose]: () => conversation[Symbol.asyncDispose](),
  }
}
type Options = NonNullable<Parameters<typeof startConversation>[1]>

export const says = (content: string) => [{ role: "user" as const, content }]

export const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "The weather in a city.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    },
  },
}
