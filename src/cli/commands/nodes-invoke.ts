import { wholeNumber } from "../arguments.ts"
import { command, fased } from "../command.ts"
import { notRun, usage } from "../faults.ts"
import { timeoutOf, withGateway } from "../gateway-client.ts"
import { ask, callFlags, callNode, invokeMs } from "../node-call.ts"
import { commandNode } from "../nodes.ts"
import { printableText } from "../printable.ts"

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

export const nodesInvoke = command({
  about: "Any command the node may be asked for; fased nodes describe lists them.",
  args: {
    ...callFlags,
    command: { type: "string", valueHint: "name", required: true, description: "Its command" },
    params: { type: "string", valueHint: "json", description: "What it is to work with" },
    "idempotency-key": {
      type: "string",
      valueHint: "key",
      description: "The same again is the same call, made once",
    },
  },
  examples: [
    [
      `fased nodes invoke --node workshop --command system.which --params '{"bins":["git"]}'`,
      "is git there",
    ],
  ],
  async run({ command: name, params, ...args }, context) {
    const answer = await callNode(args, context, {
      command: name,
      params: readParams(params),
      idempotencyKey: args["idempotency-key"],
    })
    context.out.json(args.json ? answer : answer.payload)
  },
})

/** For starting and ending the program besides its own time. */
const marginMs = 15_000

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
    ...callFlags,
    node: {
      ...callFlags.node,
      required: false,
      description: "Its name, address, or the start of its id; not needed where one is connected",
    },
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
  },
  words: true,
  examples: [
    ["fased nodes run --node workshop -- uname -a", "one program"],
    ["fased nodes run --node workshop --raw 'df -h | head'", "a line for its shell"],
  ],
  async run({ cwd, raw, agent, ask: when, _: words, ...args }, context) {
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
    const waitMs = invokeMs(args, Math.max(30_000, (timeoutMs ?? 0) + marginMs))
    const result = await withGateway(args, context, async (client) => {
      const { nodeId, commands = [] } = await commandNode(client, args.node)
      const asked = {
        command: raw ? ["/bin/sh", "-c", raw] : words,
        rawCommand: raw ?? words.join(" "),
        cwd: cwd ?? null,
        agentId: agent ?? null,
        ...(timeoutMs && { timeoutMs }),
      }
      const invoke = (command: string, params: object) =>
        ask(client, nodeId, { command, params }, waitMs)
      const looked = commands.includes("system.run.prepare")
        ? ((await invoke("system.run.prepare", asked)).payload as {
            plan: typeof asked
            allowed: boolean
          })
        : { plan: asked, allowed: false }
      const { plan } = looked
      if (looked.allowed && when !== "always") return invoke("system.run", plan)
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
