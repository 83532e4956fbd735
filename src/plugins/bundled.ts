import { readdir } from "node:fs/promises"
import { besideProgram } from "../kernel/aside.ts"

/**
 * Plugins whose sources the program carries: `fased plugins install <name>` writes them to disk. What
 * WhatsApp's speaks through is fetched when it is installed: a part of that is under the GPL.
 */
export const bundledNames: readonly string[] = ["example", "whatsapp"]

/** In the binary the sources of each lie in this folder, as one JSON file. */
export const bundledFolder = "plugins"

/** The files of one, by name; undefined when there is none of that name. */
export const bundledFiles = async (name: string): Promise<Record<string, string> | undefined> => {
  if (!bundledNames.includes(name)) return undefined
  const packed = besideProgram(`${bundledFolder}/${name}.json`)
  return packed ? Bun.file(packed).json() : readSources(name)
}

/** The same from source. */
export const readSources = async (name: string): Promise<Record<string, string>> => {
  const folder = `${import.meta.dir}/${name}`
  const files = (await readdir(folder)).sort()
  return Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, await Bun.file(`${folder}/${file}`).text()] as const),
    ),
  )
}
