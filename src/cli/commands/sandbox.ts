import { ago } from "../ago.ts"
import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Container {
  name: string
  running: boolean
  image: string
  scope: string
  usedAt?: number
}

interface Explained {
  sessionKey: string
  why: string
  sandbox?: {
    access: string
    scope: string
    container: string
    folder: string
    image: string
    flags: string[]
  }
  settings: string[]
}

export const sandboxList = command({
  args: gatewayFlags,
  examples: [["fased sandbox list", "which containers there are, and who uses them"]],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) => client.request("sandbox.list", {}))
    if (args.json) return out.json(result)
    const { containers } = result as { containers: Container[] }
    const { muted, accent, good } = out.paint
    if (!containers.length)
      return out.print("No sandbox is there. One is made when it is first needed.")
    const rows = containers.map(({ name, running, image, scope, usedAt }) => [
      [printable(name, 60), accent] as const,
      running ? (["running", good] as const) : "stopped",
      usedAt ? ago(usedAt, Date.now()) : "",
      printable(scope, 60),
      printable(image, 60),
    ])
    const head = ["CONTAINER", "STATE", "USED", "WHOSE", "IMAGE"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
  },
})

export const sandboxRecreate = command({
  about:
    "Removes containers. Each is made anew, from the settings as they are then, when it is next needed.",
  args: {
    all: { type: "boolean", description: "All of this gateway" },
    session: { type: "string", valueHint: "key", description: "The one of this session" },
    agent: { type: "string", valueHint: "id", description: "Those of this agent" },
    ...gatewayFlags,
  },
  examples: [["fased sandbox recreate --all", "after a change of the image"]],
  async run(args, context) {
    const { out } = context
    if (!args.all && !args.session && !args.agent)
      throw usage({ problem: "say which: --all, --session <key> or --agent <id>" })
    const result = await withGateway(args, context, (client) =>
      client.request("sandbox.recreate", {
        all: Boolean(args.all),
        ...(args.session && { sessionKey: args.session }),
        ...(args.agent && { agentId: args.agent }),
      }),
    )
    if (args.json) return out.json(result)
    const { removed } = result as { removed: string[] }
    if (!removed.length)
      return out.print("No such sandbox is there, so there was nothing to remove.")
    for (const name of removed) out.print(`Removed ${printable(name, 80)}.`)
  },
})

export const sandboxExplain = command({
  args: {
    session: { type: "string", valueHint: "key", description: "Session", default: "main" },
    agent: { type: "string", valueHint: "id", description: "Agent whose session it is" },
    ...gatewayFlags,
  },
  examples: [["fased sandbox explain", "where the commands of the main session run, and why"]],
  async run(args, context) {
    const { out } = context
    const result = await withGateway(args, context, (client) =>
      client.request("sandbox.explain", {
        sessionKey: args.session,
        ...(args.agent && { agentId: args.agent }),
      }),
    )
    if (args.json) return out.json(result)
    const { sessionKey, why, sandbox, settings } = result as Explained
    const { heading, muted, accent } = out.paint
    out.print(heading(printable(sessionKey, 200)))
    out.print(`  ${printable(why, 300)}`)
    if (sandbox) {
      out.print(
        `  Container  ${printable(sandbox.container, 100)} (${printable(sandbox.scope, 200)})`,
      )
      out.print(`  Image      ${printable(sandbox.image, 100)}`)
      out.print(`  Workspace  ${printable(sandbox.folder, 400)} (access ${sandbox.access})`)
      out.print(`  Made with  ${muted(printable(sandbox.flags.join(" "), 2000))}`)
    }
    out.print(`  Settings   ${printable(settings.join(", "), 400)}`)
    const mode = sandbox ? "off" : "all"
    const next = fased(context, `config set agents.defaults.sandbox.mode ${mode}`)
    out.print(`  ${muted(`Switch it ${sandbox ? "off" : "on"} with:`)} ${accent(next)}`)
  },
})
