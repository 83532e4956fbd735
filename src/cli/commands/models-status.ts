import { adviceLines } from "../advice.ts"
import { command } from "../command.ts"
import { withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { printable } from "../printable.ts"
import { table } from "../table.ts"

interface Provider {
  provider?: string
  status?: string
  effective?: { kind?: string; detail?: string }
  next?: string
}

export const modelsStatus = command({
  args: {
    check: { type: "boolean", description: "Exit code 1 when no provider is connected" },
    ...gatewayFlags,
  },
  examples: [
    ["fased models status", "what is connected, and how to connect the rest"],
    ["fased models status --check", "for a script: exit code 1 when only the guide can answer"],
  ],
  async run(args, context) {
    const { out } = context
    const result = (await withGateway(args, context, (client) =>
      client.request("models.auth.status", {}),
    )) as { providers?: Provider[] }
    const providers = result.providers ?? []
    const code = args.check && !providers.some(isConnected) ? 1 : 0
    if (args.json) {
      out.json(result)
      return code
    }
    const { heading, accent, good, warn, muted } = out.paint
    const rows = providers.map((provider) => [
      [printable(provider.provider ?? "", 40), accent] as const,
      isReady(provider) ? (["ready", good] as const) : (["not connected", warn] as const),
      isReady(provider) ? printable(provider.effective?.detail ?? "", 60) : "",
    ])
    const head = ["PROVIDER", "STATE", "KEY FROM"]
    for (const line of table(head, rows, { width: out.width, muted })) out.print(line)
    for (const { provider = "", next } of providers.filter((each) => !isReady(each) && each.next)) {
      out.print(`\n${heading(`To connect ${printable(provider, 40)}`)}`)
      for (const line of adviceLines(printable(next!, 200), out.width - 2)) out.print(`  ${line}`)
    }
    return code
  },
})

const isReady = ({ status }: Provider) => status !== "missing" && status !== "expired"

/** The built-in guide needs no key, and is no language model. */
const isConnected = (provider: Provider) => isReady(provider) && provider.provider !== "fased"
