import { connect } from "./connect.ts"
import type { Client, ConnectOptions } from "./connect.ts"
import { deviceTokens } from "./device-auth.ts"
import { loadDevice } from "./device.ts"
import { unauthorized, wireErrorCode } from "./faults.ts"
import { isLoopbackHost } from "./target.ts"

/**
 * Connects as this installation: a gateway elsewhere is shown its device key, and gives it a token
 * that signs it in from then on. A gateway on this machine needs no more than the shared secret.
 */
export const signIn = async (
  state: string,
  options: Omit<ConnectOptions, "device" | "deviceToken">,
): Promise<Client> => {
  const { url, token, tlsFingerprint } = options
  if (!URL.canParse(url) || isLoopbackHost(new URL(url).hostname)) return connect(options)
  const device = loadDevice(state)
  const tokens = deviceTokens(state, device.id)
  const kept = tokens.of(url)
  /** What was given by hand comes before what was kept (contract 02 §7.5). */
  const first = () => connect({ ...options, device, deviceToken: token ? undefined : kept })
  const second = () => connect({ ...options, device, token: undefined, deviceToken: kept })

  const client = await first().catch((error: unknown) => {
    const code = unauthorized.is(error) ? wireErrorCode(error.data.error) : undefined
    if (!token && code === "AUTH_DEVICE_TOKEN_MISMATCH") tokens.forget(url)
    // Only a gateway whose certificate is pinned is shown a second credential.
    if (token && kept && tlsFingerprint !== undefined && code === "AUTH_TOKEN_MISMATCH")
      return second()
    throw error
  })
  const issued = client.hello.auth?.deviceToken
  if (issued && issued !== kept) tokens.keep(url, issued)
  return client
}
