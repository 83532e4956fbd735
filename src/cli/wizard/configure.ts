import { nearest } from "../../config/nearest.ts"
import type { Answers } from "../../onboard/answers.ts"
import { usage } from "../faults.ts"
import { examine, startUp } from "./finish.ts"
import { chooseGateway } from "./gateway.ts"
import { chooseModel } from "./model.ts"
import { choosePlace } from "./place.ts"
import { chooseRemote } from "./remote.ts"
import { chooseService, isInstalled } from "./service.ts"
import type { Wizard } from "./wizard.ts"
import { chooseWorkspace } from "./workspace.ts"

/** The parts of a setup that can be gone through again by themselves. */
export const parts = {
  model: { label: "Model", hint: "which one answers, and its key" },
  gateway: { label: "Gateway", hint: "where it is, who reaches it, what it asks for" },
  workspace: { label: "Workspace", hint: "folder of the agent's files" },
  service: { label: "Service", hint: "keep it running in the background" },
  health: { label: "Health", hint: "does it answer, does every check pass" },
  channels: { label: "Channels", hint: "this version has none yet" },
  skills: { label: "Skills", hint: "they need no setup; see them with: fased skills list" },
  web: { label: "Web search", hint: "this version has none yet" },
} as const
export type Part = keyof typeof parts

const names = Object.keys(parts) as Part[]
const aliases: Readonly<Record<string, Part>> = { daemon: "service" }

/** The parts that `--section` names. */
export const readParts = (text: string | undefined): Part[] =>
  (text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean)
    .map((name) => {
      const part = aliases[name] ?? names.find((known) => known === name)
      if (part) return part
      const meant = nearest(name, names)
      throw usage({
        problem: `--section cannot be "${name}".`,
        hint: meant ? `Did you mean ${meant}?` : `It is one of: ${names.join(", ")}`,
      })
    })

/** What one part's answers are; `after` is what remains to be done once they are written. */
export interface PartStep {
  answers: Answers
  after?: () => Promise<unknown>
}

export const askPart = async (wizard: Wizard, part: Part): Promise<PartStep> => {
  const everything = { ...wizard, advanced: true }
  if (part === "model") return { answers: { model: (await chooseModel(everything)).answer } }
  if (part === "workspace") return { answers: { workspace: await chooseWorkspace(everything) } }
  if (part === "gateway") return { answers: await gatewayAnswers(everything) }
  if (part === "health") return { answers: {}, after: () => tellHealth(everything) }
  if (part === "service") {
    if (isInstalled(wizard.context)) wizard.ask!.say("The service is installed already.")
    const service = await chooseService(wizard, "local")
    return { answers: {}, after: () => startUp(wizard, { service }) }
  }
  wizard.ask!.say(`${parts[part].label}: ${parts[part].hint}.`)
  return { answers: {} }
}

const gatewayAnswers = async (wizard: Wizard): Promise<Answers> => {
  const place = await choosePlace(wizard)
  return place === "remote"
    ? { mode: "remote", remote: await chooseRemote(wizard) }
    : { mode: "local", gateway: await chooseGateway(wizard, place) }
}

const tellHealth = async (wizard: Wizard) => {
  const { health } = await startUp(wizard, { service: false })
  const ask = wizard.ask!
  if (health.state === "ok") {
    ask.good(`${health.url} answers`)
    await examine({ ...wizard, args: { ...wizard.args, "fast-health": false } })
  } else ask.warn(health.problem ?? "The gateway does not run. Start it with: fased start")
}
