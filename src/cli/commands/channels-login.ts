import type * as Library from "../../channels/library/qr.ts"
import { loadAside } from "../../kernel/aside.ts"
import { accountFlags, namedChannel } from "../channels.ts"
import { command } from "../command.ts"
import { noteTarget, openGateway, findTarget } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

interface State {
  connected: boolean
  message: string
  qr?: string
}

/** A code is drawn anew when it is another; the phone needs no longer than this in all. */
const longestMs = 300_000

export const channelsLogin = command({
  about: "Draws the code to scan, and another one when that runs out, until the account is linked.",
  args: {
    name: { type: "positional", required: false, description: "Channel, such as whatsapp" },
    force: { type: "boolean", description: "Link it anew where it is linked" },
    ...accountFlags,
    ...gatewayFlags,
  },
  examples: [["fased channels login whatsapp", "scan the code with your phone"]],
  async run({ name, channel, account, force = false, json, ...args }, context) {
    const { out } = context
    const named = await namedChannel({ name, channel }, context)
    const which = {
      ...(named && { channel: named.id }),
      ...(account !== undefined && { accountId: account }),
    }
    const target = findTarget(args, context)
    await using client = await openGateway(target, context, { timeoutMs: longestMs })
    noteTarget(target, context)
    let state = (await client.request("web.login.start", { ...which, force })) as State
    let shown: string | undefined
    for (const end = Date.now() + longestMs; Date.now() < end;) {
      if (state.qr === undefined || state.connected) break
      if (state.qr !== shown) await draw(state.qr, state.message, out)
      shown = state.qr
      state = (await client.request("web.login.wait", {
        ...which,
        seen: shown,
        timeoutMs: 60_000,
      })) as State
    }
    if (json) out.json({ connected: state.connected, message: state.message })
    else
      out.print(
        `${state.connected ? out.paint.good("✓") : out.paint.bad("✗")} ${printable(state.message, 500)}`,
      )
    return state.connected ? 0 : 1
  },
})

/** On stderr where the result is for a program. */
const draw = async (text: string, message: string, out: { note(line: string): void }) => {
  const { encodeQR } = await loadAside<typeof Library>("channels/library/qr")
  out.note(encodeQR(text, "ascii", { ecc: "low" }))
  out.note(printable(message, 500))
}
