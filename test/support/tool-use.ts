import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import type { StartOptions } from "../../src/app.ts"
import { listen } from "./chat.ts"
import { fakeModel, type Turn } from "./fake-model.ts"
import { startGateway } from "./gateway.ts"

/** A running gateway whose agent makes just the tool calls that a test names, one a turn. */
export const startToolUse = async (
  config: Record<string, unknown> = {},
  start: Partial<StartOptions> = {},
) => {
  const next: Turn[] = []
  const model = fakeModel({ turns: [() => next.shift() ?? "Done."] })
  const agents = (config.agents ?? {}) as { defaults?: object; list?: object[] }
  const gateway = await startGateway({
    config: {
      ...config,
      agents: {
        ...agents,
        defaults: { skipBootstrap: true, model: "fake/fake-1", ...agents.defaults },
      },
      models: {
        mode: "replace",
        providers: { fake: model.provider("openai-completions") },
        ...(config.models as object | undefined),
      },
    },
    start,
  })
  const workspace = join(gateway.paths.state, "workspace")
  if (!existsSync(workspace)) mkdirSync(workspace, { recursive: true })
  return {
    gateway,
    model,
    workspace,
    /** What the model reads of the tool's answer. */
    async use(name: string, input: object, sessionKey = "main") {
      next.push({ tools: [{ name, input }] })
      const chat = listen(gateway.client, sessionKey)
      await chat.ask("Go.")
      const { messages } = await chat.history()
      const results = messages.filter(({ role }) => role === "toolResult")
      const { content, isError } = results.at(-1)!
      return { text: content[0].text as string, isError: isError === true }
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await model.close()
    },
  }
}
