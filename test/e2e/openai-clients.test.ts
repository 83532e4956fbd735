/** The libraries that people have, driving the compiled binary. */
import { describe } from "bun:test"
import { freshHome, testToken } from "../support/binary.ts"
import { chatByAiSdk } from "../v1/clients/chat-ai-sdk.ts"
import { chatByOpenAi } from "../v1/clients/chat-openai.ts"
import type { StartHost } from "../v1/clients/host.ts"
import { responsesByClients } from "../v1/clients/responses.ts"

const binary: StartHost = async (config) => {
  const home = freshHome()
  home.configure(config)
  const { url } = await home.start()
  return { url, token: testToken, [Symbol.asyncDispose]: () => home[Symbol.asyncDispose]() }
}

describe("chat, by openai", () => chatByOpenAi(binary))
describe("chat, by ai", () => chatByAiSdk(binary))
describe("responses, by openai, ai and @openai/agents", () => responsesByClients(binary))
