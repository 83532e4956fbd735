import { copyFileSync, readFileSync } from "node:fs"
import type { Author } from "./author.ts"
import type { Manager } from "./manager.ts"
import type { Facts } from "./plan.ts"
import type { Installation } from "./service.ts"

/** What is installed with one manager for the instance whose state is there; nothing when nothing is. */
export const findInstallation = (manager: Manager, state: string): Installation | undefined => {
  const text = readText(manager.path)
  if (text === undefined) return undefined
  const author = manager.author(text)
  const facts = manager.read(text)
  const custom = whyCustom(author, facts, state)
  return { manager, text, facts, author, ...(custom && { custom }) }
}

/** Why a service file is somebody's own, or serves somebody else. */
const whyCustom = (author: Author, { extras, environment }: Facts, state: string) => {
  if (author === "foreign") return "it was not written by fased"
  const { FASED_STATE_DIR: other } = environment
  if (other && other !== state) return `it is for another state folder (${other})`
  if (author === "edited" && extras.length)
    return `it has settings of its own (${extras.join(", ")})`
  return undefined
}

/** What somebody wrote by hand is kept beside the file that replaces it. */
export const keepCopy = ({ author, manager: { path } }: Installation) => {
  if (author === "fased") return undefined
  copyFileSync(path, `${path}.bak`)
  return `${path}.bak`
}

const readText = (path: string) => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

export const portIn = (command: readonly string[]) => {
  const at = command.indexOf("--port")
  return at < 0 ? undefined : Number(command[at + 1]) || undefined
}
