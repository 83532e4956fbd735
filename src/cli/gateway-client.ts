import type { Client } from "../client/connect.ts"
import { signIn } from "../client/sign-in.ts"
import { isLoopbackHost, resolveTarget } from "../client/target.ts"
import type { Target, TargetFlags } from "../client/target.ts"
import { portNumber, wholeNumber } from "./arguments.ts"
import type { Context } from "./command.ts"
import { withCredentials } from "./credentials.ts"
import type { GatewayArgs } from "./gateway-flags.ts"
import { targetSources } from "./instance.ts"

export const timeoutOf = ({ timeout }: GatewayArgs) =>
  wholeNumber("--timeout", timeout, { min: 1, max: 86_400_000 }) ?? 10_000

export const targetFlags = (args: GatewayArgs): TargetFlags => ({
  url: args.url,
  port: portNumber(args.port),
  token: args.token,
  password: args.password,
  tlsFingerprint: args["tls-fingerprint"],
  allowPlaintext: args["allow-plaintext"],
})

export const findTarget = (args: GatewayArgs, context: Pick<Context, "paths" | "env">): Target =>
  resolveTarget(targetSources(context, targetFlags(args)))

interface OpenOptions {
  timeoutMs?: number
  mode?: "cli" | "probe"
  caps?: readonly string[]
}

/** Connects to one gateway, and says so when everybody on the way can read along. */
export const openGateway = async (
  target: Target,
  { version, paths, env, out }: Pick<Context, "version" | "paths" | "env" | "out">,
  options: OpenOptions = {},
): Promise<Client> => {
  const { url, token, password, tlsFingerprint, allowPlaintext } = await withCredentials(target, {
    paths,
    env,
  })
  if (allowPlaintext && crossesUnencrypted(url))
    out.note(`${out.notePaint.warn("warning:")} the credential goes to ${url} unencrypted`)
  return signIn(paths.state, {
    url,
    token,
    password,
    tlsFingerprint,
    allowPlaintext,
    version,
    ...options,
  })
}

const crossesUnencrypted = (url: string) =>
  url.startsWith("ws:") && !isLoopbackHost(new URL(url).hostname)

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
