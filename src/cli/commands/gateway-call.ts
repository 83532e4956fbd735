import { command } from "../command.ts"
import { usage } from "../faults.ts"
import { noteTarget, timeoutOf, withGateway } from "../gateway-client.ts"
import { gatewayFlags } from "../gateway-flags.ts"

export const gatewayCall = command({
  about:
    "Prints the method's result as JSON. Methods that take their time answer twice; --expect-final waits.",
  args: {
    method: { type: "positional", required: true, description: "The method, e.g. sessions.list" },
    params: { type: "string", valueHint: "json", description: "Parameters as JSON", default: "{}" },
    "expect-final": {
      type: "boolean",
      description: "Wait for the second answer of a two-stage method",
    },
    ...gatewayFlags,
  },
  examples: [
    ["fased gateway call health", "the health snapshot"],
    [`fased gateway call sessions.list --params '{"limit":5}'`, "the five newest sessions"],
  ],
  async run(args, context) {
    const params = readParams(args.params)
    const timeoutMs = timeoutOf(args)
    const expectFinal = args["expect-final"] && { onAccepted: () => {} }
    const result = await withGateway(args, context, (client, target) => {
      // Whoever named it knows; whether the method changes something there only that gateway knows.
      if (target.kind === "remote") noteTarget(target, context)
      return client.request(args.method, params, { timeoutMs, ...expectFinal })
    })
    context.out.json(result)
  },
})

const readParams = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usage({
      problem: `--params is not JSON: ${(error as Error).message}`,
      hint: `In a shell, put it in single quotes: --params '{"limit":5}'`,
    })
  }
}
