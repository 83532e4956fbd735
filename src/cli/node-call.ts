import { randomUUID } from "node:crypto"
import type { Client } from "../client/connect.ts"
import { wholeNumber } from "./arguments.ts"
import type { Context } from "./command.ts"
import { withGateway } from "./gateway-client.ts"
import { gatewayFlags, type GatewayArgs } from "./gateway-flags.ts"
import { findNode, nodeFlag } from "./nodes.ts"

/** The flags of every command that asks a node for something. */
export const callFlags = {
  ...nodeFlag,
  "invoke-timeout": {
    type: "string",
    valueHint: "ms",
    description: "How long the node may take",
  },
  ...gatewayFlags,
} as const

export type CallArgs = GatewayArgs & { node: string; "invoke-timeout"?: string }

interface Call {
  command: string
  params?: unknown
  idempotencyKey?: string
}

interface Answer {
  payload?: unknown
}

const marginMs = 15_000

export const invokeMs = (args: Pick<CallArgs, "invoke-timeout">, usual = 15_000) =>
  wholeNumber("--invoke-timeout", args["invoke-timeout"], { min: 1, max: 86_400_000 }) ?? usual

/** Asks a node that was found, and waits a little longer for the answer than the node may take. */
export const ask = async (
  client: Client,
  nodeId: string,
  { command, params, idempotencyKey = randomUUID() }: Call,
  timeoutMs: number,
) =>
  (await client.request(
    "node.invoke",
    { nodeId, command, params, timeoutMs, idempotencyKey },
    { timeoutMs: timeoutMs + marginMs },
  )) as Answer

/** Asks the node that the flags name for one thing. */
export const callNode = (
  args: CallArgs,
  context: Context,
  call: Call & { usualMs?: number },
): Promise<Answer> =>
  withGateway(args, context, async (client) => {
    const { nodeId } = await findNode(client, args.node)
    return ask(client, nodeId, call, invokeMs(args, call.usualMs))
  })
