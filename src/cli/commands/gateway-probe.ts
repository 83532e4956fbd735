import { resolveTarget } from "../../client/target.ts"
import type { Target, TargetSources } from "../../client/target.ts"
import { command } from "../command.ts"
import type { Context } from "../command.ts"
import { targetFlags, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { targetSources } from "../instance.ts"
import { printable } from "../printable.ts"
import { probe } from "../probe.ts"
import type { Probe } from "../probe.ts"
import { columns } from "../table.ts"
import { printNext, printVerdict } from "../verdict/print.ts"
import { attention, broken, typing } from "../verdict/verdict.ts"
import type { Verdict } from "../verdict/verdict.ts"

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
  examples: [
    ["fased gateway probe", "which of the gateways known here answer"],
    ["fased gateway probe --ssh ada@vps.example.com", "also the one on that machine"],
  ],
  async run(args, context) {
    const { out } = context
    const sources = { ...targetSources(context, targetFlags(args)), strict: true }
    const targets = [...bySsh(args, sources), ...everyTarget(sources)]
    const tried = await Promise.all(
      targets.map((target) => probe(target, context, timeoutOf(args))),
    )
    // Whoever names a gateway asks about that one; the others are shown beside it.
    const named = [args.ssh, args.url].filter((target) => target !== undefined).length
    const asked = named ? tried.slice(0, named) : tried
    const primary = asked.find(({ ok }) => ok) ?? asked.find(({ reachable }) => reachable)
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
        : printable(error?.message ?? ""),
    ])
    const verdict = judgeAll(asked, context)
    printVerdict(out, verdict)
    out.print()
    for (const line of columns(rows, { gap: 3 })) out.print(line)
    printNext(out, verdict)
    return code
  },
})

const judgeAll = (tried: readonly Probe[], context: Context): Verdict => {
  const type = typing(context)
  const good = tried.find(({ ok }) => ok)
  if (good)
    return { state: "online", grade: "well", says: `A gateway answers at ${good.url}.`, next: [] }
  const closed = tried.find(({ reachable }) => reachable)
  if (closed)
    return attention(
      "refused",
      `A gateway answers at ${closed.url}, but does not let this command line in.`,
      type("gateway status", "see why, and what to do"),
    )
  return broken(
    "down",
    tried.length === 1 ? `No gateway answers at ${tried[0]!.url}.` : "No gateway answers.",
    type("gateway status", "see why"),
    type("doctor", "check everything"),
  )
}

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
