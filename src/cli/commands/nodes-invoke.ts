import { randomUUID } from "node:crypto"
import { wholeNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import { notRun, usage } from "../faults.ts"
import { timeoutOf, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { findNode, nodeFlag } from "../nodes.ts"
import { printableText } from "../printable.ts"

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
  ...nodeFlag,
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
