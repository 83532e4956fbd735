import { join } from "node:path"
import { loadAside } from "../../kernel/aside.ts"
import { writeFileAtomic } from "../../store/files.ts"
import { bashCompletion } from "../bash-completion.ts"
import { command } from "../command.ts"
import { usage } from "../faults.ts"
import type * as Library from "../library/tab.ts"
import { loadAtStart, type Shell, shells as installable, startFile } from "../shell-start.ts"

const shells = ["zsh", "bash", "fish", "powershell"]

export const completion = command({
  about:
    "Prints a script that has <Tab> complete commands and flags. With --install your shell loads it " +
    "from now on: by one marked block in its start-up file, which a second run puts right, not twice.",
  args: {
    name: { type: "positional", required: false, description: "zsh, bash, fish or powershell" },
    shell: {
      type: "enum",
      alias: "s",
      valueHint: "name",
      options: shells,
      description: "The same as a flag",
    },
    install: { type: "boolean", alias: "i", description: "Load it whenever the shell starts" },
    "write-state": { type: "boolean", description: "Only keep the script in the state folder" },
    yes: { type: "boolean", alias: "y", description: "Accepted for scripts; nothing is asked" },
  },
  examples: [
    ["fased completion --install", "for the shell you use"],
    ["source <(fased completion bash)", "for this terminal only"],
  ],
  async run(args, { env, paths, out }) {
    const shell = args.name ?? args.shell ?? shellOf(env.SHELL)
    if (!shells.includes(shell))
      throw usage({
        problem: `There is no completion for "${shell}".`,
        hint: `It is one of: ${shells.join(", ")}`,
      })
    if (!args.install && !args["write-state"]) return out.write(await scriptFor(shell))
    if (args.install && !isInstallable(shell))
      throw usage({
        problem: "PowerShell's profile is yours to edit.",
        hint: "Add to $PROFILE: fased completion powershell | Out-String | Invoke-Expression",
      })
    const kept = join(paths.state, "completions", `fased.${shell}`)
    writeFileAtomic(kept, await scriptFor(shell))
    if (!args.install || !isInstallable(shell)) return out.print(kept)
    const start = startFile(shell, env, paths.home)
    const changed = loadAtStart(start, shell, kept)
    out.print(changed ? `Added to ${start}` : `${start} loads it already`)
    out.print("It works in the next terminal you open.")
  },
})

const isInstallable = (shell: string): shell is Shell =>
  (installable as readonly string[]).includes(shell)

/** The library has no way to give its script but to print it. */
const scriptFor = async (shell: string) => {
  if (shell === "bash") return bashCompletion
  const { script } = await loadAside<typeof Library>("cli/library/tab")
  const print = console.log
  let text = ""
  console.log = (part: string) => (text += `${part}\n`)
  try {
    script(shell, "fased", "fased")
    return text
  } finally {
    console.log = print
  }
}

const shellOf = (path = "") => shells.find((shell) => path.endsWith(`/${shell}`)) ?? "zsh"
