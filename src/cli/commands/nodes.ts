import { randomUUID } from "node:crypto"
import type { Client } from "../../client/connect.ts"
import { ago } from "../ago.ts"
import { wholeNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import { notRun, usage } from "../faults.ts"
import { timeoutOf, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { findNode, type ListedNode, listNodes, nodeName } from "../nodes.ts"
import { printable, printableText } from "../printable.ts"
import { table } from "../table.ts"

const node = {
  node: {
    type: "string",
    valueHint: "node",
    required: true,
    description: "Its name, address, or the start of its id",
  },
} as const

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const durationMs = (text: string) => {
  const [, amount, unit = "d"] = /^(\d{1,6})([smhd])?$/.exec(text.trim()) ?? []
  if (!amount)
    throw usage({ problem: `"${text}" is no span of time.`, hint: "Write it as 30m, 12h or 7d." })
  return Number(amount) * units[unit]!
}

export const nodesList = command({
  about: "Machines and phones that are paired as nodes, and when each was last here.",
  args: {
    connected: { type: "boolean", description: "Only those that are here now" },
    "last-connected": {
      type: "string",
      valueHint: "duration",
      description: "Only those that were here within it, as 12h or 7d",
    },
    ...gatewayFlags,
  },
  examples: [["fased nodes list", "which there are, and which are here"]],
  async run({ connected, ...args }, context) {
    const { out } = context
    const within = args["last-connected"] && durationMs(args["last-connected"])
    const now = Date.now()
    const nodes = (await withGateway(args, context, listNodes)).filter(
      (one) =>
        (!connected || one.connected) &&
        (!within || one.connected || now - (one.lastConnectAtMs ?? 0) <= within),
    )
    if (args.json) return out.json({ nodes })
    if (!nodes.length) {
      out.print("No node is paired.")
      return out.print(
        `Make a machine one: ${out.paint.accent(fased(context, "qr --role node --setup-code-only"))}, and there: fased node run --setup-code <code>`,
      )
    }
    const { accent, good, muted } = out.paint
    const rows = nodes.map((one) => [
      [nodeName(one), accent] as const,
      [one.nodeId.slice(0, 12), muted] as const,
      one.connected ? (["here", good] as const) : (["away", muted] as const),
      one.lastConnectAtMs ? ago(one.lastConnectAtMs, now) : "never",
      printable(one.platform ?? "", 20),
      printable(one.remoteIp ?? "", 45),
      `${one.commands?.length ?? 0}`,
    ])
    const head = ["NODE", "ID", "STATE", "LAST CONNECT", "PLATFORM", "ADDRESS", "COMMANDS"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})

interface Waiting {
  requestId: string
  nodeId: string
  displayName?: string
  platform?: string
  remoteIp?: string
  ts?: number
}

const pending = async (client: Client) => {
  const { pending = [] } = (await client.request("node.pair.list", {})) as { pending?: Waiting[] }
  return pending
}

export const nodesPending = command({
  args: gatewayFlags,
  examples: [["fased nodes pending", "who asks to be let in as a node"]],
  async run(args, context) {
    const { out } = context
    const waiting = await withGateway(args, context, pending)
    if (args.json) return out.json({ pending: waiting })
    if (!waiting.length) return out.print("No node waits to be let in.")
    const { accent, muted } = out.paint
    const rows = waiting.map(({ requestId, displayName, nodeId, platform, remoteIp, ts }) => [
      [printable(requestId, 40), accent] as const,
      printable(displayName ?? nodeId.slice(0, 12), 40),
      printable(platform ?? "", 20),
      printable(remoteIp ?? "", 45),
      ts ? ago(ts, Date.now()) : "",
    ])
    const head = ["REQUEST", "NODE", "PLATFORM", "FROM", "AGE"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    out.print(`Let one in with: ${accent(fased(context, "nodes approve <request>"))}`)
  },
})

/** The two answers to a node that waits. */
const answer = (verb: "approve" | "reject", said: string) =>
  command({
    args: {
      requestId: {
        type: "positional",
        required: true,
        description: "As fased nodes pending shows it",
      },
      ...gatewayFlags,
    },
    examples: [[`fased nodes ${verb} <request>`, said]],
    async run({ requestId, ...args }, context) {
      const result = await withGateway(args, context, (client) =>
        client.request(`node.pair.${verb}`, { requestId }),
      )
      if (args.json) return context.out.json(result)
      const { nodeId } = result as { nodeId: string }
      context.out.print(`${verb === "approve" ? "Let in" : "Turned away"}: ${nodeId.slice(0, 12)}`)
    },
  })
export const nodesApprove = answer("approve", "let it in; agents can act through it")
export const nodesReject = answer("reject", "turn it away")

export const nodesRemove = command({
  about: "Ends the node's token and connections. It comes back only when somebody lets it in anew.",
  args: { ...node, ...gatewayFlags },
  examples: [["fased nodes remove --node workshop", "it is no node any more"]],
  async run({ node, ...args }, context) {
    return withGateway(args, context, async (client) => {
      const found = await findNode(client, node)
      const result = await client.request("node.pair.remove", { nodeId: found.nodeId })
      if (args.json) return context.out.json(result)
      context.out.print(`Removed ${nodeName(found)}`)
    })
  },
})

export const nodesRename = command({
  args: {
    ...node,
    name: { type: "string", valueHint: "name", required: true, description: "Its new name" },
    ...gatewayFlags,
  },
  examples: [["fased nodes rename --node 3fa2 --name workshop", "call it that"]],
  async run({ node, name, ...args }, context) {
    return withGateway(args, context, async (client) => {
      const found = await findNode(client, node)
      const result = await client.request("node.rename", {
        nodeId: found.nodeId,
        displayName: name,
      })
      if (args.json) return context.out.json(result)
      context.out.print(`${nodeName(found)} is now ${printable(name, 128)}`)
    })
  },
})

export const nodesDescribe = command({
  args: { ...node, ...gatewayFlags },
  examples: [["fased nodes describe --node workshop", "what it offers and may be asked for"]],
  async run({ node, ...args }, context) {
    const { out } = context
    return withGateway(args, context, async (client) => {
      const { nodeId } = await findNode(client, node)
      const one = (await client.request("node.describe", { nodeId })) as ListedNode
      if (args.json) return out.json(one)
      out.print(`${out.paint.heading(nodeName(one))} ${out.paint.muted(nodeId)}`)
      const lines = {
        State: one.connected ? out.paint.good("here") : "away",
        Platform: [one.platform, one.deviceFamily].filter(Boolean).join(" · "),
        Version: one.version,
        Address: one.remoteIp,
        "May do": one.commands?.join(", "),
        "Not allowed": one.closed?.join(", "),
      }
      for (const [name, text] of Object.entries(lines))
        if (text)
          out.print(`  ${name.padEnd(12)} ${name === "State" ? text : printable(text, 2000)}`)
    })
  },
})

const invokeMs = (text: string | undefined, usual: number) =>
  wholeNumber("--invoke-timeout", text, { min: 1, max: 86_400_000 }) ?? usual

const readParams = (text: string | undefined): unknown => {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw usage({
      problem: "--params is no JSON.",
      hint: `Write it as --params '{"bins":["git"]}'`,
    })
  }
}

const invokeFlags = {
  ...node,
  "invoke-timeout": {
    type: "string",
    valueHint: "ms",
    description: "How long the node may take",
  },
} as const

/** Waits a little longer than the node may take. */
const marginMs = 15_000

export const nodesInvoke = command({
  about: "Any command the node may be asked for; fased nodes describe lists them.",
  args: {
    ...invokeFlags,
    command: { type: "string", valueHint: "name", required: true, description: "Its command" },
    params: { type: "string", valueHint: "json", description: "What it is to work with" },
    "idempotency-key": {
      type: "string",
      valueHint: "key",
      description: "The same again is the same call, made once",
    },
    ...gatewayFlags,
  },
  examples: [
    [
      `fased nodes invoke --node workshop --command system.which --params '{"bins":["git"]}'`,
      "is git there",
    ],
  ],
  async run({ node, command: name, params, ...args }, context) {
    const timeoutMs = invokeMs(args["invoke-timeout"], 15_000)
    const asked = readParams(params)
    const result = await withGateway(args, context, async (client) => {
      const { nodeId } = await findNode(client, node)
      const call = {
        nodeId,
        command: name,
        params: asked,
        timeoutMs,
        idempotencyKey: args["idempotency-key"] ?? randomUUID(),
      }
      return client.request("node.invoke", call, { timeoutMs: timeoutMs + marginMs })
    })
    context.out.json(args.json ? result : (result as { payload?: unknown }).payload)
  },
})

interface Ran {
  exitCode?: number | null
  stdout?: string
  stderr?: string
  timedOut?: boolean
}

export const nodesRun = command({
  about:
    "Runs one program on a node, as far as the node's own list allows it. Anything else waits for somebody's approval first, which --ask always asks for in any case. The exit code is the program's.",
  args: {
    ...invokeFlags,
    cwd: {
      type: "string",
      valueHint: "folder",
      description: "Folder on the node (default: its home)",
    },
    raw: {
      type: "string",
      valueHint: "line",
      description: "A line for the shell, in place of words",
    },
    "command-timeout": {
      type: "string",
      valueHint: "ms",
      description: "How long the program may run",
    },
    agent: { type: "string", valueHint: "agent", description: "By the list of this agent" },
    ask: {
      type: "enum",
      options: ["on-miss", "always"],
      default: "on-miss",
      description: "When somebody is asked",
    },
    ...gatewayFlags,
  },
  words: true,
  examples: [
    ["fased nodes run --node workshop -- uname -a", "one program"],
    ["fased nodes run --node workshop --raw 'df -h | head'", "a line for its shell"],
  ],
  async run({ node, cwd, raw, agent, ask, _: words, ...args }, context) {
    const { out } = context
    if (!raw === !words.length)
      throw usage({
        problem: raw ? "--raw and words were both given." : "There is nothing to run.",
        hint: "Write it behind --, as: fased nodes run --node workshop -- uname -a",
      })
    const timeoutMs = wholeNumber("--command-timeout", args["command-timeout"], {
      min: 1,
      max: 172_800_000,
    })
    const waitMs = invokeMs(args["invoke-timeout"], Math.max(30_000, (timeoutMs ?? 0) + marginMs))
    const result = await withGateway(args, context, async (client) => {
      const { nodeId, commands = [] } = await findNode(client, node)
      const asked = {
        command: raw ? ["/bin/sh", "-c", raw] : words,
        rawCommand: raw ?? words.join(" "),
        cwd: cwd ?? null,
        agentId: agent ?? null,
        ...(timeoutMs && { timeoutMs }),
      }
      const invoke = (name: string, params: object) =>
        client.request(
          "node.invoke",
          { nodeId, command: name, params, timeoutMs: waitMs, idempotencyKey: randomUUID() },
          { timeoutMs: waitMs + marginMs },
        ) as Promise<{ payload: unknown }>
      const looked = commands.includes("system.run.prepare")
        ? ((await invoke("system.run.prepare", asked)).payload as {
            plan: typeof asked
            allowed: boolean
          })
        : { plan: asked, allowed: false }
      const { plan } = looked
      if (looked.allowed && ask !== "always") return invoke("system.run", plan)
      const question = {
        command: plan.rawCommand,
        commandArgv: plan.command,
        cwd: plan.cwd,
        env: {},
        host: "node",
        nodeId,
        agentId: plan.agentId,
        twoPhase: true,
      }
      const { id, decision } = (await client.request("exec.approval.request", question, {
        timeoutMs: timeoutOf(args) + 120_000,
        onAccepted: (accepted) =>
          out.note(
            `Waiting for somebody to allow it: ${fased(context, `approvals approve ${(accepted as { id: string }).id}`)}`,
          ),
      })) as { id: string; decision: string | null }
      if (decision !== "allow-once" && decision !== "allow-always") throw notRun()
      return invoke("system.run", { ...plan, runId: id })
    })
    if (args.json) return out.json(result)
    const { exitCode, stdout = "", stderr = "", timedOut } = result.payload as Ran
    if (stdout) out.write(printableText(stdout))
    if (stderr) out.note(printableText(stderr.replace(/\n$/, "")))
    if (timedOut) out.note("Its time was over, so it was ended.")
    return exitCode ?? 1
  },
})
