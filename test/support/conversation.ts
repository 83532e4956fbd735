import { listen } from "./chat.ts"
import { fakeModel, type Script } from "./fake-model.ts"
import { startGateway } from "./gateway.ts"

/** A gateway whose agent is answered by a fake model that follows the script. */
export const startConversation = async (
  turns: Script[],
  {
    home,
    env,
    defaults,
    models,
    provider,
    tools,
    config,
  }: {
    home?: string
    env?: Record<string, string>
    defaults?: object
    models?: Record<string, unknown>
    /** More about the provider `fake`, as `models`. */
    provider?: object
    tools?: object
    /** More sections. */
    config?: object
  } = {},
) => {
  const model = fakeModel({ turns })
  const gateway = await startGateway({
    home,
    env,
    config: {
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1", ...defaults } },
      models: {
        mode: "replace",
        providers: { fake: { ...model.provider("openai-completions"), ...provider } },
        ...models,
      },
      ...(tools && { tools }),
      ...config,
    },
  })
  return {
    model,
    gateway,
    chat: listen(gateway.client),
    async [Symbol.asyncDispose]() {
      model.release()
      await gateway[Symbol.asyncDispose]()
      await model.close()
    },
  }
}
