import { script } from "@bomb.sh/tab"
import { command } from "../command.ts"
import { usage } from "../faults.ts"

const shells = ["zsh", "bash", "fish", "powershell"]

export const completion = command({
  about:
    "Prints a script; load it from your shell's start-up file and <Tab> completes commands and flags.",
  args: {
    name: { type: "positional", required: false, description: "zsh, bash, fish or powershell" },
    shell: {
      type: "enum",
      alias: "s",
      valueHint: "name",
      options: shells,
      description: "The same as a flag",
    },
  },
  examples: [
    ["source <(fased completion zsh)", "in ~/.zshrc"],
    ["source <(fased completion bash)", "in ~/.bashrc"],
    ["fased completion fish | source", "in config.fish"],
  ],
  run(args, { env }) {
    const shell = args.name ?? args.shell ?? shellOf(env.SHELL)
    if (!shells.includes(shell))
      throw usage({
        problem: `There is no completion for "${shell}".`,
        hint: `It is one of: ${shells.join(", ")}`,
      })
    script(shell as "zsh", "fased", "fased")
  },
})

const shellOf = (path = "") => shells.find((shell) => path.endsWith(`/${shell}`)) ?? "zsh"
