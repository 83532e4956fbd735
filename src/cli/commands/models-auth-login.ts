import { command, fased } from "../command.ts"
import { usage } from "../faults.ts"
import { gatewayFlags } from "../gateway-flags.ts"
import { signIn } from "../sign-in.ts"

const flags = {
  agent: { type: "string", valueHint: "id", description: "Only for this agent" },
  ...gatewayFlags,
} as const

export const modelsAuthLogin = command({
  about:
    "Opens the provider's page. Without a browser here, open the page anywhere and paste the address it leads to.",
  args: {
    provider: {
      type: "string",
      valueHint: "id",
      description: "openai-codex, github-copilot, or another that auth.logins describes",
    },
    paste: { type: "boolean", description: "Ask for the address instead of opening a browser" },
    ...flags,
  },
  examples: [
    ["fased models auth login --provider openai-codex", "with a ChatGPT subscription"],
    ["fased models auth login --provider openai-codex --paste", "on a server without a browser"],
  ],
  async run({ provider, ...args }, context) {
    if (!provider)
      throw usage({
        problem: "Where to sign in was not said.",
        hint: fased(context, "models auth login --provider openai-codex"),
      })
    await signIn(provider, args, context)
  },
})

export const modelsAuthLoginCopilot = command({
  about: "Shows a code to type on GitHub's page, and waits.",
  args: flags,
  examples: [["fased models auth login-github-copilot", "with a GitHub Copilot subscription"]],
  run: (args, context) => signIn("github-copilot", args, context),
})
