import { readFileSync } from "node:fs"
import { parseEnv } from "node:util"
import { privateFile, writeFileAtomic } from "../store/files.ts"
import { environmentFile } from "./plan.ts"

const heading = `# Variables for the service alone, as NAME=value. The service manager reads this file when it
# starts the gateway, so a change counts after: fased gateway restart
`

/** What the operator gave the service besides its unit; empty when there is no such file. */
export const readEnvironment = (state: string): Readonly<Record<string, string | undefined>> =>
  parseEnv(readText(environmentFile(state)) ?? "")

/** Makes the file, or adds to it: what is there already stays, but for the values given anew. */
export const keepEnvironment = (state: string, values: Readonly<Record<string, string>>) => {
  const path = environmentFile(state)
  const before = readText(path)
  const kept = (before ?? heading)
    .split("\n")
    .filter((line) => !Object.hasOwn(values, line.slice(0, line.indexOf("=")).trim()))
    .join("\n")
  const added = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`)
  const text = `${kept}${kept.endsWith("\n") ? "" : "\n"}${added.join("")}`
  if (text !== before) writeFileAtomic(path, text, 0o600)
  else privateFile(path)
}

const quoted = (value: string) => `"${value.replace(/[\\"$`]/g, "\\$&")}"`

const readText = (path: string) => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}
