import { resolveTarget } from "../../client/target.ts"
import type { Target, TargetSources } from "../../client/target.ts"
import { command } from "../command.ts"
import { targetFlags, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { targetSources } from "../instance.ts"
import { printable } from "../printable.ts"
import { probe } from "../probe.ts"
import { columns } from "../table.ts"

export const gatewayProbe = command({
  about: "Tries this machine's gateway and the remote one the config names; --url adds another.",
  args: {
    ...gatewayFlags,
    ssh: {
      type: "string",
      valueHint: "user@host",
      description: "Also the gateway on that machine's loopback, through a tunnel",
    },
    "ssh-identity": { type: "string", valueHint: "file", description: "The private key for --ssh" },
  },
  async run(args, context) {
    const { out } = context
    const sources = targetSources(context, targetFlags(args))
    const targets = [...bySsh(args, sources), ...everyTarget(sources)]
    const tried = await Promise.all(
      targets.map((target) => probe(target, context, timeoutOf(args))),
    )
    const primary = tried.find(({ ok }) => ok) ?? tried.find(({ reachable }) => reachable)
    const code = primary ? 0 : 1
    if (args.json) {
      out.json({
        ok: primary !== undefined,
        degraded: primary !== undefined && !primary.ok,
        primaryTargetId: primary?.kind ?? null,
        targets: tried.map((result) => ({ id: result.kind, ...result })),
        warnings: tried.flatMap(({ error }) => (error ? [error.message] : [])),
      })
      return code
    }
    const { good, warn, bad, accent, muted } = out.paint
    const rows = tried.map(({ kind, url, ok, reachable, ms, version, error }) => [
      kind,
      [url, accent] as const,
      ok
        ? (["ok", good] as const)
        : reachable
          ? (["refused", warn] as const)
          : (["down", bad] as const),
      ok
        ? ([`${ms} ms, ${printable(version ?? "unknown version", 40)}`, muted] as const)
        : printable([error?.message, error?.hint].filter(Boolean).join(" ")),
    ])
    for (const line of columns(rows, { gap: 3 })) out.print(line)
    return code
  },
})

/** `--ssh` asks for the machine it names, with the credentials of the remote gateway. */
const bySsh = (
  args: { ssh?: string; "ssh-identity"?: string },
  { gateway, ...sources }: TargetSources,
): Target[] => {
  if (args.ssh === undefined) return []
  const { url: _, ...flags } = sources.flags ?? {}
  const identity = args["ssh-identity"] ?? gateway?.remote?.sshIdentity
  const remote = {
    ...gateway?.remote,
    transport: "ssh",
    sshTarget: args.ssh,
    sshIdentity: identity,
  }
  return [resolveTarget({ ...sources, flags, gateway: { ...gateway, mode: "remote", remote } })]
}

/** The remote gateway comes first where the config makes this machine its client. */
const everyTarget = ({ flags = {}, ...sources }: TargetSources): Target[] => {
  const { url, token, password, ...rest } = flags
  const { tlsFingerprint: _pin, ...withoutPin } = rest
  // What was said of the certificate was said of --url.
  const here = url === undefined ? rest : withoutPin
  const configured = resolveTarget({ ...sources, flags: here })
  const { mode: _, ...gateway } = sources.gateway ?? {}
  const local = resolveTarget({ ...sources, gateway, flags: here })
  return [
    ...(url === undefined
      ? []
      : [resolveTarget({ ...sources, flags: { ...rest, url, token, password } })]),
    ...(configured.kind === "remote" ? [configured] : []),
    url === undefined
      ? { ...local, ...(token && { token }), ...(password && { password }) }
      : local,
  ]
}
