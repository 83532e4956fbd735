import type { TestGateway } from "../support/gateway.ts"
import { testToken } from "../support/gateway.ts"

// oxlint-disable-next-line typescript/no-explicit-any -- a test looks at whichever field it is about
export type Json = any

/** Calls to /v1/responses of one gateway. */
export const responsesOf = (
  { running }: Pick<TestGateway, "running">,
  headers: Record<string, string> = {},
) => {
  const call = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, running.url), {
      ...init,
      headers: { authorization: `Bearer ${testToken}`, ...headers, ...init.headers },
    })
  const send = (body: object, init: RequestInit = {}) =>
    call("/v1/responses", { method: "POST", body: JSON.stringify(body), ...init })
  return {
    call,
    send,
    /** The response object. */
    ask: async (body: object): Promise<Json> => (await send(body)).json(),
    /** The events of a stream, in their order, without the end mark. */
    async stream(body: object): Promise<{ name: string; data: Json }[]> {
      const answer = await send({ ...body, stream: true })
      return readEvents(await answer.text())
    },
  }
}

export const readEvents = (text: string) => {
  const frames = text.split("\n\n").filter((frame) => frame && !frame.startsWith(":"))
  const last = frames.pop()
  if (last !== "data: [DONE]") throw new Error(`the stream ends with ${last}`)
  return frames.map((frame) => {
    const [event = "", data = ""] = frame.split("\n")
    return { name: event.replace("event: ", ""), data: JSON.parse(data.replace("data: ", "")) }
  })
}
