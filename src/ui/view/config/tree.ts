export type Path = readonly (string | number)[]

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const valueAt = (tree: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)]
    return isGroup(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined
  }, tree)

/** The same with another value at one place; without one it is taken out, and a list closes up. */
export const withValue = (tree: unknown, [key, ...rest]: Path, value: unknown): unknown => {
  if (key === undefined) return value
  if (typeof key === "number") {
    const list: readonly unknown[] = Array.isArray(tree) ? tree : []
    const inner = withValue(list[key], rest, value)
    if (inner === undefined) return list.toSpliced(key, 1)
    return key < list.length ? list.with(key, inner) : [...list, inner]
  }
  const group = isGroup(tree) ? tree : {}
  const inner = withValue(Object.hasOwn(group, key) ? group[key] : undefined, rest, value)
  if (inner !== undefined) return { ...group, [key]: inner }
  const { [key]: _, ...others } = group
  return others
}

/** As the gateway writes it: `models.providers["a.b"].baseUrl`, `agents.list[0].id`. */
export const formatPath = (path: Path) =>
  path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`
    if (/^[^.[\]"'\s]+$/.test(key)) return text ? `${text}.${key}` : key
    return `${text}[${JSON.stringify(key)}]`
  }, "")

/** Groups are the same whatever the order of their names. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, at) => isSame(value, b[at]))
  if (!isGroup(a) || !isGroup(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  )
}

export const isBelow = (path: Path, above: Path) =>
  above.every((key, depth) => String(path[depth]) === String(key))
