import { expect, test } from "bun:test"
import { startGateway, testToken } from "../support/gateway.ts"
import { rawDevice, type RawDevice } from "../support/raw-device.ts"
import { attempt } from "../support/raw-socket.ts"

const params = { sessionKey: "shared", message: "hello", idempotencyKey: "the-same" }

test("a key means its sender's message, over any connection of theirs, and nobody else's", async () => {
  await using gateway = await startGateway()
  const send = async (device?: RawDevice) => {
    const fields = { scopes: ["operator.write"], auth: { token: testToken } }
    await using socket = await attempt(
      gateway.wsUrl,
      device && ((nonce) => device.connect({ ...fields, nonce, signedAt: Date.now() })),
    )
    const { runId, status } = (await socket.request("chat.send", params))!.payload
    return { runId: runId as string, isNew: status === "started" }
  }
  const [ada, eve] = [rawDevice(), rawDevice()]
  const sent = [await send(ada), await send(eve), await send()]
  expect(sent.map(({ isNew }) => isNew)).toEqual([true, true, true])
  expect(new Set(sent.map(({ runId }) => runId)).size).toBe(3)
  const again = [await send(ada), await send(eve), await send()]
  expect(again).toEqual(sent.map(({ runId }) => ({ runId, isNew: false })))
})
