import { join } from "node:path"
import type { AnyMethod } from "../../src/kernel/method.ts"
import { root } from "../compile.ts"

const list = "src/registry/methods.ts"

/** `src/registry/method-modules.ts`: which file declares which methods, so that one call loads one file. */
export const methodModules = async (methods: readonly AnyMethod[]): Promise<string> => {
  const source = await Bun.file(join(root, list)).text()
  const paths = [...source.matchAll(/^import (?!type).*? from "(\.\.\/[^"]+)"$/gms)].map(
    ([, path]) => path!,
  )
  const entries = await Promise.all(
    paths.map(async (path) => {
      const declared = Object.values(await import(join(root, "src/registry", path)))
      return {
        path,
        names: methods.filter((one) => declared.includes(one)).map(({ name }) => name),
      }
    }),
  )
  const missing = methods.filter(({ name }) => !entries.some(({ names }) => names.includes(name)))
  if (missing.length)
    throw new Error(`${list} makes ${missing[0]!.name} itself; declare it in a folder`)
  return `/** Made by \`npm run docs\` from methods.ts: which file declares which methods, so that one call loads one file. */
import type { MethodModule } from "../gateway/method-table.ts"

export const methodModules: readonly MethodModule[] = [
${entries
  .filter(({ names }) => names.length)
  .map(entryOf)
  .join("\n")}
]
`
}

const entryOf = ({ path, names }: { path: string; names: string[] }) => {
  const line = `    names: "${names.join(" ")}",`
  const told = line.length > 100 ? line.replace(": ", ":\n      ") : line
  return `  {\n    load: () => import("${path}"),\n${told}\n  },`
}
