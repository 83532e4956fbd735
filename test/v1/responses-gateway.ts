import { type Api, fakeModel, type Script } from "../support/fake-model.ts"
import { startGateway } from "../support/gateway.ts"
import { responsesOf } from "./responses-client.ts"

interface Options {
  turns?: Script[]
  api?: Api
  /** Settings of the endpoint. */
  endpoint?: Record<string, unknown>
  agents?: Record<string, unknown>
}

/** A gateway that serves /v1/responses by a model that does as it is told. */
export const startResponses = async ({
  turns,
  api = "openai-completions",
  endpoint,
  agents,
}: Options = {}) => {
  const model = fakeModel({ turns })
  const provider = model.provider(api)
  const seeing = provider.models.map((one) => ({ ...one, input: ["text", "image"] }))
  const gateway = await startGateway({
    config: {
      models: { mode: "replace", providers: { fake: { ...provider, models: seeing } } },
      agents: {
        defaults: { skipBootstrap: true, model: { primary: "fake/fake-1" } },
        ...agents,
      },
      gateway: { http: { endpoints: { responses: { enabled: true, ...endpoint } } } },
    },
  })
  return {
    model,
    gateway,
    ...responsesOf(gateway),
    /** What the model was sent in a call, without what the agent is told of itself. */
    heard: (call = -1) =>
      // oxlint-disable-next-line typescript/no-explicit-any -- the wire's own shapes
      model.calls.at(call)!.body.messages.filter((message: any) => message.role !== "system"),
    /** What the agent is told before anything else. */
    told: (call = -1): string =>
      // oxlint-disable-next-line typescript/no-explicit-any -- the wire's own shapes
      model.calls.at(call)!.body.messages.find((message: any) => message.role === "system").content,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await model.close()
    },
  }
}
