import type { Client } from "../../src/client/connect.ts"
import { listen } from "./chat.ts"
import { type Api, fakeModel, type Script } from "./fake-model.ts"
import { startGateway } from "./gateway.ts"

/** Dollars per million tokens. */
export const cost = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }

/** A gateway whose agent is answered by a fake model with a price. */
export const startSpending = async (
  turns: Script[],
  {
    api = "openai-completions",
    price = cost,
    usage,
    defaults,
    tools,
    home,
    clock,
  }: {
    api?: Api
    price?: typeof cost | null
    usage?: object
    defaults?: object
    tools?: object
    home?: string
    clock?: NonNullable<Parameters<typeof startGateway>[0]>["start"] extends infer S
      ? S extends { clock?: infer C }
        ? C
        : never
      : never
  } = {},
) => {
  const model = fakeModel({ turns })
  const gateway = await startGateway({
    home,
    config: {
      agents: { defaults: { skipBootstrap: true, model: "fake/fake-1", ...defaults } },
      models: {
        mode: "replace",
        providers: {
          fake: {
            ...model.provider(api),
            models: [{ id: "fake-1", contextWindow: 32_000, ...(price && { cost: price }) }],
          },
        },
      },
      ...(usage && { usage }),
      ...(tools && { tools }),
    },
    ...(clock && { start: { clock } }),
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

export interface LoggedCall {
  kind: string
  totalTokens: number
  cost?: number
  billing: string
  outcome: string
}

/** The calls of a session as the books have them. */
export const callsOf = async (client: Client, key = "main") =>
  ((await client.request("sessions.usage.logs", { key })) as { entries: LoggedCall[] }).entries
