import { accountFlags, namedChannel } from "../channels.ts"
import { command, fased, type Context } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, withGateway } from "../gateway-client.ts"
import { type GatewayArgs, gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"

const args = {
  name: { type: "positional", required: false, description: "Channel, such as telegram" },
  ...accountFlags,
  ...gatewayFlags,
} as const

interface Asked extends GatewayArgs {
  name?: string
  channel?: string
  account?: string
  json?: boolean
}

const ask = async (
  method: string,
  { name, channel, account, ...args }: Asked,
  context: Context,
) => {
  const named = await namedChannel({ name, channel }, context)
  if (!named)
    throw usage({
      problem: "Which channel was not said.",
      hint: "Name it, as in: fased channels list",
    })
  const params = { channel: named.id, ...(account !== undefined && { accountId: account }) }
  const result = await withGateway(args, context, (client, target) => {
    noteTarget(target, context)
    return client.request(method, params)
  })
  if (args.json) context.out.json(result)
  return {
    label: named.label,
    result: result as { accounts?: string[]; accountId?: string | null },
  }
}

const done = (words: string) => async (asked: Asked, context: Context, method: string) => {
  const { label, result } = await ask(method, asked, context)
  if (asked.json) return 0
  const accounts = result.accounts ?? [result.accountId ?? "default"]
  if (accounts.length) {
    context.out.print(`${label} ${words}: ${accounts.map((one) => printable(one, 64)).join(", ")}`)
    return 0
  }
  const look = fased(context, "channels status")
  context.out.print(`Nothing was done: no account of ${label} is switched on. See: ${look}`)
  return 1
}

export const channelsStart = command({
  about: "Also tries again at once what waits for its next try.",
  args,
  examples: [["fased channels start telegram", "connect it again"]],
  run: (asked, context) => done("is being connected")(asked, context, "channels.start"),
})

export const channelsStop = command({
  about:
    "It stays so until it is started, or the gateway is. To keep it off, set enabled to false.",
  args,
  examples: [["fased channels stop slack --account work", "one of several accounts"]],
  run: (asked, context) => done("is stopped")(asked, context, "channels.stop"),
})

export const channelsLogout = command({
  about: "For accounts that were linked by a code. One with a token is removed instead.",
  args,
  examples: [["fased channels logout whatsapp", "forget this phone"]],
  run: (asked, context) => done("is logged out")(asked, context, "channels.logout"),
})
