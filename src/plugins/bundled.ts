/** Plugins whose sources the program carries: `fased plugins install <name>` writes them to disk. */
const sources: Readonly<Record<string, Readonly<Record<string, () => Promise<unknown>>>>> = {
  example: {
    "fased.plugin.json": () => import("./example/fased.plugin.json", { with: { type: "text" } }),
    "index.ts": () => import("./example/index.ts", { with: { type: "text" } }),
  },
}

export const bundledNames: readonly string[] = Object.keys(sources)

/** The files of one, by name; undefined when there is none of that name. */
export const bundledFiles = async (name: string) => {
  if (!Object.hasOwn(sources, name)) return undefined
  const files = await Promise.all(
    Object.entries(sources[name]!).map(async ([file, load]) => {
      // Imported as text, whatever its type says.
      const { default: text } = (await load()) as { default: string }
      return [file, text] as const
    }),
  )
  return Object.fromEntries(files)
}
