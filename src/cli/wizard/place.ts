import { riskNotAccepted } from "../../onboard/faults.ts"
import { missing, type Wizard, written } from "./wizard.ts"

/** Says what an assistant can do, once for each instance, and hears that this is understood. */
export const acceptRisk = async (wizard: Wizard) => {
  const { args, ask } = wizard
  if (args["accept-risk"] || written(wizard, "wizard", "lastRunAt") !== undefined) return
  if (!ask) throw missing("--accept-risk", "an assistant acts with your rights on this machine")
  ask.note("Before you begin", [
    "Your assistant acts with your rights: it reads and writes files in",
    "its workspace, and what it is allowed to run, it runs as you.",
    "Text it reads, a mail or a web page, can try to mislead it.",
    "",
    "• One gateway is for one person, or for people who trust each other.",
    "• It listens on this machine only, and asks for a token.",
    "• See what could be tighter, at any time: fased security audit",
  ])
  if (!(await ask.confirm({ message: "Understood. Shall we go on?" }))) throw riskNotAccepted()
}

/** Where the gateway runs, and so what has to be set up here. */
export type Place = "local" | "hosting" | "remote"

export const choosePlace = async (wizard: Wizard): Promise<Place> => {
  const { args, ask } = wizard
  if (args.mode === "remote" || (args["remote-url"] && !args.mode)) return "remote"
  if (args["host-profile"]) return args["host-profile"]
  const current = written(wizard, "gateway", "mode") === "remote" ? "remote" : undefined
  if (args.mode === "local") return "local"
  const likely = current ?? (looksLikeServer(wizard) ? "hosting" : "local")
  if (!ask) return current ?? "local"
  return ask.select<Place>({
    message: "Where will your assistant live?",
    options: [
      { value: "local", label: "On this computer, which I use every day" },
      { value: "hosting", label: "On this machine, a server that stays on" },
      { value: "remote", label: "Elsewhere: a gateway runs already, and I use it from here" },
    ],
    initial: likely,
  })
}

/** Someone came by SSH to a machine without a screen. */
const looksLikeServer = ({ context: { env } }: Wizard) =>
  Boolean(env.SSH_CONNECTION && !env.DISPLAY && !env.WAYLAND_DISPLAY)
