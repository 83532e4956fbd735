import type { Node } from "jsonc-morph"
import { loadAside } from "../kernel/aside.ts"
import type * as Library from "./library/jsonc.ts"
import type * as Yaml from "./library/yaml.ts"
import { formatPath, type Path } from "./path.ts"
import type { ConfigState } from "./settings.ts"
import { countNames, withStandIns } from "./stand-ins.ts"

/** Settings whose name stands twice in one group; only the last of them counts. */
export const duplicatesIn = async ({
  text,
  format,
}: Pick<ConfigState, "text" | "format">): Promise<string[]> =>
  format === "yaml" ? inYaml(text) : inJson5(text)

const inJson5 = async (text: string) => {
  // As many names as there are settings: none stands twice, and the slow parser can stay unloaded.
  const names = countNames(text)
  if (!names || names === countSettings(Bun.JSON5.parse(text))) return []
  const { parse } = await loadAside<typeof Library>("config/library/jsonc")
  const { text: plain, restore } = withStandIns(text, "")
  const nameOf = (name: string) =>
    Object.keys(Bun.JSON5.parse(`{${restore(JSON.stringify(name))}:0}`) as object)[0]!
  const found = new Set<string>()
  const visit = (node: Node | undefined, path: Path) => {
    const seen = new Set<string>()
    for (const property of node?.asObject()?.properties() ?? []) {
      const name = nameOf(property.nameOrThrow().decodedValue())
      const inner = [...path, name]
      if (seen.has(name)) found.add(formatPath(inner))
      seen.add(name)
      visit(property.value(), inner)
    }
    for (const [index, element] of (node?.asArray()?.elements() ?? []).entries())
      visit(element, [...path, index])
  }
  visit(parse(plain).value(), [])
  return [...found]
}

const countSettings = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0
  const inner = Object.values(value)
  const own = Array.isArray(value) ? 0 : inner.length
  return inner.reduce((sum: number, one) => sum + countSettings(one), own)
}

const inYaml = async (text: string) => {
  const { isMap, isScalar, parseDocument, visit } =
    await loadAside<typeof Yaml>("config/library/yaml")
  const found = new Set<string>()
  visit(parseDocument(text, { uniqueKeys: false }), {
    Map(_, map, parents) {
      const names = parents.flatMap((parent) =>
        "key" in parent && isScalar(parent.key) ? [String(parent.key.value)] : [],
      )
      const seen = new Set<string>()
      for (const { key } of isMap(map) ? map.items : []) {
        const name = isScalar(key) ? String(key.value) : ""
        if (seen.has(name)) found.add(formatPath([...names, name]))
        seen.add(name)
      }
    },
  })
  return [...found]
}
