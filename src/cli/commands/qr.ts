import type * as Library from "../../channels/library/qr.ts"
import { resolveTarget } from "../../client/target.ts"
import { loadAside } from "../../kernel/aside.ts"
import { span } from "../ago.ts"
import { listHint } from "../arguments.ts"
import { command } from "../command.ts"
import { readScopes, scopesText } from "../devices.ts"
import { usage } from "../faults.ts"
import { noteTarget, openGateway, targetFlags, timeoutOf } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import type { GatewayArgs } from "../gateway-flags.ts"
import { targetSources } from "../instance.ts"
import { printable } from "../printable.ts"
import type { Context } from "../command.ts"

interface Setup {
  setupCode: string
  gatewayUrl: string
  urlSource: string
  role: string
  scopes: string[]
  expiresAtMs: number
}

export const qr = command({
  about:
    "The code holds the gateway's address and a token that works once, within ten minutes: treat it as a password. The gateway's own token is never in it.",
  args: {
    "public-url": {
      type: "string",
      valueHint: "url",
      description: "The address the phone reaches the gateway by",
    },
    remote: { type: "boolean", description: "For the gateway in gateway.remote, by its address" },
    role: {
      type: "enum",
      options: ["operator", "node"],
      default: "operator",
      description: "What the phone comes as",
    },
    scope: {
      type: "string",
      valueHint: listHint,
      description: "What it may do (default read,write,approvals)",
    },
    "setup-code-only": { type: "boolean", description: "Print the code's text and nothing else" },
    ascii: { type: "boolean", default: true, description: "Print the text without the picture" },
    ...gatewayFlags,
  },
  examples: [["fased qr --public-url wss://gateway.example.com", "for a phone anywhere"]],
  async run(args, context) {
    const { out } = context
    if (args.token && args.password)
      throw usage({
        problem: "--token and --password were both given.",
        hint: "Give the one the gateway asks for.",
      })
    const target = chosenGateway(args, context)
    await using client = await openGateway(target, context, { timeoutMs: timeoutOf(args) })
    // The address this command reached it by is good for others, unless it is this machine's own.
    const reached = target.kind === "local" ? undefined : target.url
    const url = args["public-url"] ?? reached
    const made = (await client.request("device.setup.create", {
      role: args.role,
      ...(url !== undefined && { url }),
      ...(args.scope !== undefined && { scopes: readScopes(args.scope) }),
    })) as Setup
    const setup = { ...made, urlSource: sourceOf(args, target.kind) ?? made.urlSource }
    noteTarget(target, context)
    if (args.json) return out.json(setup)
    if (args["setup-code-only"]) return out.print(printable(setup.setupCode, 2000))
    await show(setup, args.ascii, context)
  },
})

const chosenGateway = (args: GatewayArgs & { remote?: boolean }, context: Context) => {
  const sources = targetSources(context, targetFlags(args))
  if (!args.remote) return resolveTarget(sources)
  if (typeof sources.gateway?.remote?.url !== "string")
    throw usage({
      problem: "--remote needs gateway.remote.url in the config.",
      hint: "Set it (fased config set gateway.remote.url wss://…), or name the gateway with --url.",
    })
  return resolveTarget({ ...sources, gateway: { ...sources.gateway, mode: "remote" } })
}

const sourceOf = (args: { "public-url"?: string }, kind: "local" | "remote" | "explicit") => {
  if (args["public-url"] !== undefined) return "--public-url"
  return kind === "local" ? undefined : kind === "explicit" ? "--url" : "gateway.remote.url"
}

const show = async (setup: Setup, picture: boolean, { out }: Context) => {
  const { accent, muted, warn } = out.paint
  if (picture) {
    const { encodeQR } = await loadAside<typeof Library>("channels/library/qr")
    out.print(encodeQR(setup.setupCode, "ascii", { ecc: "low" }))
  }
  out.print(picture ? "Scan it in the app, or paste the setup code there:" : "Setup code:")
  out.print(`  ${accent(printable(setup.setupCode, 2000))}`)
  out.print()
  out.print(
    `${muted("gateway")}  ${printable(setup.gatewayUrl, 300)} ${muted(`(${printable(setup.urlSource, 60)})`)}`,
  )
  out.print(
    `${muted("lets in")}  one device, once, as ${printable(setup.role, 20)}: ${scopesText(setup.scopes)}`,
  )
  out.print(`${muted("ends in")}  ${span(setup.expiresAtMs - Date.now())}`)
  out.print(warn("Whoever has this code gets in: treat it as a password."))
}
