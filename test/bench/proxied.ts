/** The binary as a proxy for a model server that costs next to nothing, each in a process of its own. */
import { join } from "node:path"
import { root } from "../../build/compile.ts"
import { freshHome } from "../support/binary.ts"

const models = ["words-64", "words-256", "words-2000", "steady", "endless"]

export const startProxied = async () => {
  const provider = Bun.spawn(["bun", join(root, "test/bench/mock-provider.ts")], {
    env: { PATH: process.env.PATH },
    stdout: "pipe",
    stderr: "inherit",
  })
  const reader = provider.stdout.getReader()
  const providerUrl = new TextDecoder().decode((await reader.read()).value).trim()
  const home = freshHome()
  home.configure({
    agents: { defaults: { skipBootstrap: true, model: "mock/words-64", maxConcurrent: 64 } },
    models: {
      mode: "replace",
      providers: {
        mock: {
          baseUrl: `${providerUrl}v1`,
          apiKey: "sk-mock",
          api: "openai-completions",
          models: models.map((id) => ({ id, contextWindow: 128_000 })),
        },
      },
    },
    gateway: {
      http: { maxConcurrent: 100_000, endpoints: { chatCompletions: { enabled: true } } },
    },
  })
  const gateway = await home.start()
  return {
    providerUrl,
    gateway,
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]()
      provider.kill()
      await provider.exited
    },
  }
}
