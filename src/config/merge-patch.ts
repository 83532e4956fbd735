import { isSecretRef } from "../kernel/secret.ts"
import type { Edit } from "./edit.ts"
import { isTree, type Path, type Tree } from "./path.ts"
import type { ConfigState } from "./settings.ts"

/**
 * The edits that a JSON merge patch (RFC 7396) asks for: groups are gone into, `null` removes, lists
 * and single values are replaced. What is as the patch wants it already, included or not, stays
 * untouched. A whole reference to a secret takes the place of another, instead of mixing with it.
 */
export const mergeEdits = (
  patch: Tree,
  { source, composed }: Pick<ConfigState, "source" | "composed">,
): Edit[] => merge(patch, { source, composed }, [])

interface Target {
  source: unknown
  composed: unknown
}

const merge = (patch: Tree, target: Target, path: Path): Edit[] =>
  Object.entries(patch).flatMap(([key, value]): Edit[] => {
    const here = [...path, key]
    const [source, composed] = [own(target.source, key), own(target.composed, key)]
    const current = key === "$include" ? source : composed
    if (value === null) return current === undefined ? [] : [{ path: here }]
    if (!isTree(value)) return Bun.deepEquals(value, current) ? [] : [{ path: here, value }]
    const isAnother = isSecretRef(value) && isSecretRef(current)
    if (isTree(current) && !isAnother) return merge(value, { source, composed }, here)
    return Bun.deepEquals(value, current) ? [] : [{ path: here, value: withoutNulls(value) }]
  })

const own = (holder: unknown, key: string) =>
  isTree(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined

const withoutNulls = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, isTree(value) ? withoutNulls(value) : value]),
  )
