import { testToken, type TestGateway } from "./gateway.ts"
import type { RawDevice } from "./raw-device.ts"
import { attempt, type Attempt } from "./raw-socket.ts"

type Fields = Partial<Parameters<RawDevice["connect"]>[0]>

/** What a proxy on the same machine adds: to the gateway the client is somewhere else. */
export const fromAfar = { "x-forwarded-for": "203.0.113.9" }

/** Connects with a device, by the gateway's token unless `fields.auth` says otherwise. */
export const knock = (
  { wsUrl }: Pick<TestGateway, "wsUrl">,
  device: RawDevice,
  fields: Fields = {},
  headers: Record<string, string> = fromAfar,
): Promise<Attempt> =>
  attempt(
    wsUrl,
    (nonce) =>
      device.connect({ auth: { token: testToken }, nonce, signedAt: Date.now(), ...fields }),
    headers,
  )

/** The id of the request a knock leads to. */
export const asks = async (...args: Parameters<typeof knock>) => {
  await using socket = await knock(...args)
  return socket.answer?.error?.details.requestId as string
}

export const scopesOf = (...names: string[]) => names.map((name) => `operator.${name}`)

/** Lets a device in from afar, as its operator would, and gives its token. */
export const letIn = async (
  gateway: TestGateway,
  device: RawDevice,
  fields: Fields = {},
): Promise<string> => {
  await gateway.client.request("device.pair.approve", {
    requestId: await asks(gateway, device, fields),
  })
  await using socket = await knock(gateway, device, fields)
  return socket.answer?.payload.auth.deviceToken as string
}
