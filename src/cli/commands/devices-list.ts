import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { listDevices, nameOf, scopesText, shortId } from "../devices.ts"
import type { Paired, Pending } from "../devices.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

export const devicesList = command({
  about: "Requests last five minutes. A device is named by as much of its id as tells it apart.",
  args: gatewayFlags,
  examples: [["fased devices list", "who waits, and who was let in"]],
  async run(args, context) {
    const { out } = context
    const listed = await withGateway(args, context, listDevices)
    if (args.json) return out.json(listed)
    const { pending, paired } = listed
    const { accent, bad, good, heading, muted, warn } = out.paint
    const options = { width: out.width, muted, indent: "  " }
    const now = Date.now()

    if (pending.length) {
      out.print(heading("Waiting for approval"))
      const head = ["REQUEST", "AGE", "FROM", "ASKS TO BE", "DEVICE"]
      const rows = pending.map((request) => [
        [printable(request.requestId, 40), accent] as const,
        request.ts ? ago(request.ts, now) : "",
        printable(request.remoteIp ?? "", 45),
        [asked(request), request.scopes?.includes("operator.admin") ? warn : plain] as const,
        `${nameOf(request)} ${shortId(request.deviceId)}${request.isRepair ? " (changed platform)" : ""}`,
      ])
      for (const line of table(head, rows, options)) out.print(line)
      out.print(
        `  ${muted("Let one in with:")} ${accent(fased(context, "devices approve <request>"))}`,
      )
      out.print()
    }

    if (!paired.length) {
      out.print(`No devices are paired. Let a phone in with: ${accent(fased(context, "qr"))}`)
      return
    }
    out.print(heading("Paired devices"))
    const head = ["DEVICE", "NAME", "SEEN", "TOKEN", "ROLES", "SCOPES"]
    const rows = paired.map((device) => [
      [shortId(device.deviceId), accent] as const,
      nameOf(device),
      device.lastSeenAtMs ? ago(device.lastSeenAtMs, now) : "never",
      isRevoked(device) ? (["revoked", bad] as const) : (["good", good] as const),
      printable((device.roles ?? []).join(", "), 30),
      scopesText(device.scopes),
    ])
    for (const line of table(head, rows, options)) out.print(line)
  },
})

const plain = (text: string) => text

const asked = ({ role, scopes }: Pending) =>
  role === "node" ? "node" : `${printable(role ?? "operator", 20)}: ${scopesText(scopes)}`

const isRevoked = ({ tokens = [] }: Paired) =>
  tokens.length > 0 && tokens.every(({ revokedAtMs }) => revokedAtMs !== undefined)
