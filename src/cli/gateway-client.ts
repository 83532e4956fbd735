import { connect } from "../client/connect.ts"
import type { Client } from "../client/connect.ts"
import { isLoopbackHost, resolveTarget } from "../client/target.ts"
import type { Target } from "../client/target.ts"
import { portNumber, wholeNumber } from "./arguments.ts"
import type { Context } from "./command.ts"
import type { GatewayArgs } from "./gateway-flags.ts"
import { targetSources } from "./instance.ts"

export const timeoutOf = ({ timeout }: GatewayArgs) =>
  wholeNumber("--timeout", timeout, { min: 1, max: 86_400_000 }) ?? 10_000

export const findTarget = (args: GatewayArgs, context: Pick<Context, "paths" | "env">): Target =>
  resolveTarget(
    targetSources(context, {
      url: args.url,
      port: portNumber(args.port),
      token: args.token,
      password: args.password,
    }),
  )

interface OpenOptions {
  timeoutMs?: number
  mode?: "cli" | "probe"
  caps?: readonly string[]
}

/** Connects to one gateway. Only a gateway elsewhere needs to know which device this is. */
export const openGateway = async (
  target: Target,
  { version, paths }: Pick<Context, "version" | "paths">,
  options: OpenOptions = {},
): Promise<Client> => {
  const { url, token, password } = target
  const far = URL.canParse(url) && !isLoopbackHost(new URL(url).hostname)
  const device = far ? (await import("../client/device.ts")).loadDevice(paths.state) : undefined
  return connect({ url, token, password, version, device, ...options })
}

/** Does one piece of work on the gateway the arguments choose, and hangs up. */
export const withGateway = async <T>(
  args: GatewayArgs,
  context: Context,
  work: (client: Client, target: Target) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> => {
  const timeoutMs = timeoutOf(args)
  const target = findTarget(args, context)
  await using client = await openGateway(target, context, { timeoutMs, ...options })
  return await work(client, target)
}
