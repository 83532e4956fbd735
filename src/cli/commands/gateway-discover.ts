import { networkInterfaces } from "node:os"
import type { Beacon } from "../../discovery/beacon.ts"
import { lanAddresses } from "../../gateway/address.ts"
import { systemClock } from "../../kernel/clock.ts"
import { wholeNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import type { Context } from "../command.ts"
import { runningHolder } from "../instance.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export const gatewayDiscover = command({
  about:
    "Asks by multicast DNS. Anybody in the network can answer: what is found is an address to try, and no proof of whose it is.",
  args: {
    json: { type: "boolean", description: "One JSON document on stdout" },
    timeout: { type: "string", valueHint: "ms", description: "How long to listen (default 2000)" },
  },
  examples: [
    ["fased gateway discover", "gateways in this network"],
    ["fased gateway discover --timeout 5000 --json", "listen longer, for a program"],
  ],
  async run({ json, timeout }, context) {
    const timeoutMs = wholeNumber("--timeout", timeout, { min: 100, max: 60_000 }) ?? 2000
    const { browse } = await import("../../discovery/browse.ts")
    const place = { addresses: lanAddresses(["0.0.0.0"]) }
    const beacons = await browse(place, { clock: systemClock, timeoutMs })
    if (json) context.out.json({ beacons })
    else showBeacons(beacons, context)
  },
})

/** What was found, and what to type next. Every word of it comes from strangers. */
export const showBeacons = (
  beacons: readonly Beacon[],
  context: Pick<Context, "out" | "paths" | "program" | "instance">,
) => {
  const { out } = context
  const { accent, muted, warn } = out.paint
  if (!beacons.length) {
    out.print("No gateway was heard of in the local network.")
    out.print(
      muted("Gateways on loopback, the default, say nothing; reach those by SSH or Tailscale:"),
    )
    out.print(`  ${accent(fased(context, "gateway tunnel user@host"))}`)
    return
  }
  const rows = beacons.map(({ name, wsUrl, host, tls, ...beacon }) => [
    printable(name, 40),
    wsUrl ? ([printable(wsUrl, 80), accent] as const) : (["nowhere to go", warn] as const),
    printable(host ?? "", 60),
    tls ? "TLS" : "",
    [
      printable(
        [isHere(beacon, context) && "this instance", ...beacon.warnings].filter(Boolean).join(" "),
        200,
      ),
      muted,
    ] as const,
  ])
  for (const line of table(["NAME", "ADDRESS", "HOST", "", ""], rows, { muted })) out.print(line)
  const next = beacons.find((beacon) => beacon.wsUrl && !isHere(beacon, context))
  if (!next?.wsUrl) return
  out.print()
  out.print("To use one, with the token from its own machine:")
  for (const line of waysTo(next, context)) out.print(line)
}

const waysTo = (
  { wsUrl, tls, addresses, port }: Beacon,
  context: Pick<Context, "out" | "program" | "instance">,
) => {
  const { accent, muted } = context.out.paint
  if (!tls) {
    const elsewhere = port === 18_789 ? "" : ` --remote-port ${port}`
    return [
      `  ${accent(fased(context, `gateway tunnel user@${addresses[0]}${elsewhere}`))}`,
      muted(
        "  It serves no TLS, so nothing secret should cross the network but through that tunnel.",
      ),
    ]
  }
  const probe = `gateway probe --url ${wsUrl} --tls-fingerprint <sha256> --token <token>`
  return [
    `  ${accent(fased(context, probe))}`,
    muted("  The fingerprint, from that machine and not from here: fased gateway status"),
  ]
}

const isHere = (
  { addresses, port }: Pick<Beacon, "addresses" | "port">,
  { paths }: Pick<Context, "paths">,
) => {
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return (
    port !== undefined &&
    runningHolder(paths.state)?.port === port &&
    own.some(({ address }) => addresses.includes(address))
  )
}
