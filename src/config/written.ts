import type { Section } from "../kernel/section.ts"
import { isSecretRef } from "../kernel/secret.ts"
import { formatPath, isTree, type Path, type Tree } from "./path.ts"
import { below, forms, type JsonSchema, sectionSchema } from "./schema.ts"

/** A setting that the config file gives a value. */
export interface Written {
  path: string
  /** Its name; undefined where people choose the name, as of a provider or a header. */
  name: string | undefined
  secret: boolean
  value: unknown
}

/** Every single value in a config, with what its schema says of it. A reference is one value. */
export const writtenIn = (config: Tree, sections: readonly Section[]): Written[] =>
  sections.flatMap((section) => {
    const value = config[section.id]
    if (value === undefined) return []
    const root = sectionSchema(section)
    return collect(value, {
      root,
      found: [root],
      path: [section.id],
      name: section.id,
    })
  })

interface Spot {
  root: JsonSchema
  found: readonly JsonSchema[]
  path: Path
  name: string | undefined
}

const collect = (value: unknown, { root, found, path, name }: Spot): Written[] => {
  if (value === undefined) return []
  const isList = Array.isArray(value)
  const secret = found.some((form) => form.secret)
  if ((!isList && !isTree(value)) || (secret && isSecretRef(value)))
    return [{ path: formatPath(path), name, secret, value }]
  return Object.entries(value).flatMap(([key, inner]) =>
    collect(inner, {
      root,
      found: found.flatMap((form) => {
        const node = below(form, key)
        return node ? forms({ root, node: form.secret ? { ...node, secret: true } : node }) : []
      }),
      path: [...path, isList ? Number(key) : key],
      name: found.some((form) => Object.hasOwn(form.properties ?? {}, key)) ? key : undefined,
    }),
  )
}
