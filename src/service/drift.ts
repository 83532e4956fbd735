import { accessSync, constants } from "node:fs"
import { tmpdir } from "node:os"
import type { Facts } from "./plan.ts"

/** One way in which the installed service is not what `install` would write. */
export interface Drift {
  item: "network" | "restart" | "start" | "command" | "environment" | "path" | "version"
  message: string
}

/** Compares an installed service with the planned one; `usable` tells whether a program can be run. */
export const findDrift = (
  installed: Facts,
  planned: Facts,
  usable: (program: string) => boolean = isUsable,
): Drift[] => {
  const drift: Drift[] = []
  const add = (item: Drift["item"], message: string) => void drift.push({ item, message })
  if (!installed.waitsForNetwork) add("network", "it does not wait for the network")
  if (!installed.restarts) add("restart", "it does not come back by itself")
  if (!installed.starts) add("start", "it does not start by itself")
  for (const message of commandDrift(installed, planned, usable)) add("command", message)
  for (const name of instanceVariables)
    if (installed.environment[name] !== planned.environment[name])
      add(
        "environment",
        `${name} is ${shown(installed.environment[name])} in the service and ${shown(planned.environment[name])} here`,
      )
  if (installed.environment.PATH !== planned.environment.PATH)
    add("path", "its PATH is not the system's own")
  const { FASED_SERVICE_VERSION: wrote } = installed.environment
  if (wrote !== planned.environment.FASED_SERVICE_VERSION)
    add("version", `${wrote ? `fased ${wrote}` : "an unknown version"} wrote it`)
  return drift
}

/** What says which instance it is. */
const instanceVariables = [
  "FASED_STATE_DIR",
  "FASED_CONFIG_PATH",
  "FASED_PROFILE",
  "FASED_HOME",
  "FASED_SERVICE_MARKER",
]

const shown = (value: string | undefined) => value ?? "not set"

const commandDrift = (
  { command: [program = "", ...args] }: Facts,
  { command: [, ...wanted], environment: { HOME: home = "" } }: Facts,
  usable: (program: string) => boolean,
) => {
  const found: string[] = []
  if (!usable(program)) found.push(`the program it starts cannot be run: ${program || "none"}`)
  else if (isFleeting(program, home))
    found.push(`the program it starts is a temporary file: ${program}`)
  // A port given by hand when it was installed stays as it is.
  const own = wanted.includes("--port") ? args : withoutPort(args)
  if (own.join(" ") !== wanted.join(" "))
    found.push(`it runs "${args.join(" ")}", not "${wanted.join(" ")}"`)
  return found
}

const withoutPort = (args: readonly string[]) => {
  const at = args.indexOf("--port")
  return at < 0 ? args : args.toSpliced(at, 2)
}

/** In a folder that is emptied without asking, unless that is where the account lives. */
export const isFleeting = (path: string, home: string) =>
  !path.startsWith(`${home}/`) &&
  [tmpdir(), "/tmp", "/var/tmp", "/private/tmp", "/dev/shm"].some((folder) =>
    path.startsWith(`${folder}/`),
  )

const isUsable = (program: string) => {
  try {
    accessSync(program, constants.X_OK)
    return true
  } catch {
    return false
  }
}
