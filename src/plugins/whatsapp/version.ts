import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fetchLatestWaWebVersion, type WAVersion } from "baileys"
import { writeFileAtomic } from "fased/channel"

/** The code with which WhatsApp turns away a client that is too old. */
export const tooOld = 405

const fileIn = (folder: string) => join(folder, "client-version")

/** The version that the account says it is; undefined: the one that Baileys knows. */
export const versionIn = (folder: string): WAVersion | undefined => {
  try {
    const [major, minor, patch] = readFileSync(fileIn(folder), "utf8").split(".").map(Number)
    return major && minor && patch ? [major, minor, patch] : undefined
  } catch {
    return undefined // it was never turned away
  }
}

/** Asks WhatsApp which version it serves, to be that one from then on. */
export const renewVersion = async (folder: string): Promise<void> => {
  const { version, isLatest } = await fetchLatestWaWebVersion()
  if (isLatest) writeFileAtomic(fileIn(folder), version.join("."))
}
