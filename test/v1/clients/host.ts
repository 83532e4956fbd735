import OpenAI from "openai"
import { type FakeModel, fakeModel, type Script } from "../../support/fake-model.ts"
import { startGateway, testToken } from "../../support/gateway.ts"

/** Something that serves the gateway's port: this process, or the compiled binary. */
export interface Host extends AsyncDisposable {
  /** Ends with a slash. */
  url: string
  token: string
}
export type StartHost = (config: Record<string, unknown>) => Promise<Host>

export const inProcess: StartHost = async (config) => {
  const gateway = await startGateway({ config })
  return {
    url: gateway.running.url,
    token: testToken,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
}

/** The HTTP APIs of a host, whose agent is answered by a model that follows the script. */
export const startApi = async (
  start: StartHost,
  turns: Script[],
  { provider }: { provider?: object } = {},
) => {
  const model = fakeModel({ turns })
  const host = await start(configFor(model, provider))
  const { url, token } = host
  const baseURL = `${url}v1`
  const another = (options: Partial<ConstructorParameters<typeof OpenAI>[0]> = {}) =>
    new OpenAI({ baseURL, apiKey: token, maxRetries: 0, ...options })
  return {
    url,
    token,
    baseURL,
    model,
    openai: another(),
    another,
    /** A bare request, for what the library would not send. */
    post: (body: unknown, path = "chat/completions") =>
      fetch(`${baseURL}/${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
    /** What the model was sent last, without what the agent is told of itself. */
    heard: () => messagesOf(model).filter(({ role }) => role !== "system"),
    /** What the agent is told before anything else. */
    told: () => messagesOf(model).find(({ role }) => role === "system")!.content,
    async [Symbol.asyncDispose]() {
      model.release()
      await host[Symbol.asyncDispose]()
      await model.close()
    },
  }
}

const configFor = (model: FakeModel, provider: object | undefined) => ({
  agents: { defaults: { skipBootstrap: true, model: "fake/fake-1" } },
  models: {
    mode: "replace",
    providers: { fake: { ...model.provider("openai-completions"), ...provider } },
  },
  gateway: {
    http: { endpoints: { chatCompletions: { enabled: true }, responses: { enabled: true } } },
  },
})

const messagesOf = ({ calls }: FakeModel): { role: string; content: string }[] =>
  calls.at(-1)!.body.messages
