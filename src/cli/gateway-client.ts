import type { Client } from "../client/connect.ts"
import { signIn } from "../client/sign-in.ts"
import { isLoopbackHost, resolveTarget } from "../client/target.ts"
import type { SshWay, Target, TargetFlags, TargetSources } from "../client/target.ts"
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

export const findTarget = (
  args: GatewayArgs,
  context: Pick<Context, "paths" | "env">,
  { strict }: Pick<TargetSources, "strict"> = {},
): Target => resolveTarget({ ...targetSources(context, targetFlags(args)), strict })

/** Says which gateway is meant, where it is not this machine's own. */
export const noteTarget = (
  { url, kind, ssh }: Pick<Target, "url" | "kind" | "ssh">,
  { out }: Pick<Context, "out">,
) => {
  if (kind !== "local") out.note(out.notePaint.muted(`on ${ssh ? `${ssh.target}, ${url}` : url}`))
}

type Asking = Pick<Context, "version" | "paths" | "env" | "out" | "interactive">

interface OpenOptions {
  timeoutMs?: number
  mode?: "cli" | "probe"
  caps?: readonly string[]
}

/** Connects to one gateway, and says so when everybody on the way can read along. */
export const openGateway = async (
  target: Target,
  { version, paths, env, out, interactive }: Asking,
  options: OpenOptions = {},
): Promise<Client> => {
  const { token, password, tlsFingerprint, allowPlaintext } = await withCredentials(target, {
    paths,
    env,
  })
  const tunnel = target.ssh && (await tunnelTo(target.ssh, { env, interactive }))
  const url = tunnel ? target.url.replace(/:\d+$/, `:${tunnel.port}`) : target.url
  if (allowPlaintext && crossesUnencrypted(url))
    out.note(`${out.notePaint.warn("warning:")} the credential goes to ${url} unencrypted`)
  const client = signIn(paths.state, {
    url,
    token,
    password,
    tlsFingerprint,
    allowPlaintext,
    version,
    ...options,
  })
  if (tunnel) {
    client.then(
      ({ onClose }) => onClose(tunnel.close),
      () => tunnel.close(),
    )
  }
  return client
}

const tunnelTo = async (
  { target, identity, port }: SshWay,
  { env, interactive }: Pick<Context, "env" | "interactive">,
) => {
  const [{ openTunnel }, { parseSshTarget }] = await Promise.all([
    import("./ssh-tunnel.ts"),
    import("../client/ssh.ts"),
  ])
  const forward = { target: parseSshTarget(target), identity, remotePort: port }
  return openTunnel({ ...forward, batch: !interactive }, { env })
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
