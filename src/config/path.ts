import { badPath } from "./faults.ts"

/** One step into the config: a key, or a place in a list. */
export type Segment = string | number
export type Path = readonly Segment[]

const forbidden = new Set(["__proto__", "constructor", "prototype"])

/** Names that JavaScript gives a meaning of its own; a config has no use for them. */
export const isForbiddenKey = (key: string) => forbidden.has(key)

const plain = /[^.[\]"'\s]+/y
const bracket = /\[(?:(\d{1,9})|("(?:[^"\\]|\\.)*")|'([^'\\]*)')\]/y

/** Reads `models.providers["a.b"].baseUrl` or `agents.list[0].id`. */
export const parsePath = (text: string): Path => {
  const segments: Segment[] = []
  let at = 0
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  while (at < text.length || !segments.length) {
    const inBrackets = take(bracket)
    if (inBrackets) {
      const [, index, double, single] = inBrackets
      segments.push(index !== undefined ? Number(index) : double ? unquote(double, text) : single!)
    } else {
      if (segments.length && text[at++] !== ".")
        throw badPath({ path: text, reason: "it stops making sense after a name" })
      const name = take(plain)
      if (!name) throw badPath({ path: text, reason: "a name is missing" })
      segments.push(name[0])
    }
  }
  for (const segment of segments) {
    if (segment === "") throw badPath({ path: text, reason: "a name is empty" })
    if (isForbiddenKey(String(segment)))
      throw badPath({ path: text, reason: `"${segment}" is not allowed as a name` })
  }
  return segments
}

const unquote = (quoted: string, path: string): string => {
  try {
    return JSON.parse(quoted)
  } catch (error) {
    throw badPath({ path, reason: `${quoted} is not a name in quotes` }, error)
  }
}

/** The reverse of `parsePath`. */
export const formatPath = (path: readonly PropertyKey[]) => {
  let text = ""
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`
    else if (/^[^.[\]"'\s]+$/.test(String(segment))) text += `${text && "."}${String(segment)}`
    else text += `[${JSON.stringify(String(segment))}]`
  }
  return text
}

export type Tree = Record<string, unknown>

export const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What is at `path`, or undefined. A number written with a dot also finds its place in a list. */
export const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown => {
  let value = root
  for (const segment of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment))
      return undefined
    if (Array.isArray(value) && !Number.isInteger(Number(segment))) return undefined
    value = (value as Record<PropertyKey, unknown>)[segment]
  }
  return value
}

/** What becomes of one place: another value, or none. */
export interface Replacement {
  path: Path
  value?: unknown
}

/** A copy of `root` with the value at `path` replaced, or removed when there is no `value`. */
export const withValue = (root: Tree, path: Path, change: { value?: unknown }): Tree =>
  withValues(root, [{ path, ...change }])

/** The same for several places, one after the other. What lies beside them is shared, not copied. */
export const withValues = (root: Tree, changes: Iterable<Replacement>): Tree => {
  const copies = new WeakSet<object>()
  const owned = <T extends object>(value: T): T => {
    if (copies.has(value)) return value
    const copy = (Array.isArray(value) ? [...value] : { ...value }) as T
    copies.add(copy)
    return copy
  }
  const result = owned(root)
  for (const { path, ...change } of changes) {
    let holder: Tree | unknown[] = result
    path.forEach((segment, depth) => {
      const here = formatPath(path.slice(0, depth)) || "the file"
      const key = keyIn(holder, segment, here, path)
      const slots = holder as Record<Segment, unknown>
      if (depth < path.length - 1) {
        const next = slots[key] ?? (typeof path[depth + 1] === "number" ? [] : {})
        if (typeof next !== "object")
          throw badPath({
            path: formatPath(path),
            reason: `${formatPath(path.slice(0, depth + 1))} holds a value, not a group`,
          })
        slots[key] = holder = owned(next as Tree)
      } else if ("value" in change) slots[key] = change.value
      else if (Array.isArray(holder)) holder.splice(key as number, 1)
      else delete slots[key]
    })
  }
  return result
}

/** `segment` as a key of `holder`: a place in a list must exist or be the next one. */
const keyIn = (holder: Tree | unknown[], segment: Segment, here: string, path: Path): Segment => {
  if (!Array.isArray(holder)) {
    if (typeof segment === "number")
      throw badPath({ path: formatPath(path), reason: `${here} is not a list` })
    return segment
  }
  const index = Number(segment)
  if (!Number.isInteger(index) || index < 0)
    throw badPath({
      path: formatPath(path),
      reason: `${here} is a list: give a number in brackets`,
    })
  if (index > holder.length)
    throw badPath({ path: formatPath(path), reason: `${here} has only ${holder.length} entries` })
  return index
}
