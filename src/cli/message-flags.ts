/** What the commands about messages share. */
import type { Context } from "./command.ts"
import { noteTarget, withGateway } from "./gateway-client.ts"
import { type GatewayArgs, gatewayFlags } from "./gateway-flags.ts"

/** Which conversation. */
export const place = {
  channel: {
    type: "string",
    valueHint: "id",
    description: "Network, such as telegram (default: the only one)",
  },
  account: { type: "string", valueHint: "id", description: "Account (default: the default one)" },
  target: {
    type: "string",
    alias: "t",
    valueHint: "target",
    description: "Where to, as fased directory shows it (default: the account's defaultTo)",
  },
  "thread-id": { type: "string", valueHint: "id", description: "Thread or topic there" },
} as const

export const shared = {
  "dry-run": { type: "boolean", description: "Show what would be asked of the gateway" },
  verbose: { type: "boolean", description: "Also show ids" },
  ...gatewayFlags,
} as const

export const onMessage = {
  "message-id": { type: "string", valueHint: "id", required: true, description: "Which message" },
} as const

export interface PlaceArgs {
  channel?: string
  account?: string
  target?: string
  "thread-id"?: string
}

export const placeOf = (args: PlaceArgs) => ({
  ...(args.channel && { channel: args.channel }),
  ...(args.account && { accountId: args.account }),
  ...(args.target && { to: args.target }),
  ...(args["thread-id"] && { threadId: args["thread-id"] }),
})

export type Asked = GatewayArgs & { json?: boolean; "dry-run"?: boolean; verbose?: boolean }

/** Asks the gateway, or shows what it would be asked. */
export const ask = async (
  method: string,
  params: Record<string, unknown>,
  args: Asked,
  context: Context,
): Promise<unknown> => {
  if (args["dry-run"]) {
    context.out.json({ method, params })
    return undefined
  }
  const waits = { ...args, timeout: args.timeout ?? "60000" }
  return withGateway(waits, context, (client, target) => {
    noteTarget(target, context)
    return client.request(method, params)
  })
}
