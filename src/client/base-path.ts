/** The path the Control UI lives under, as it begins an address: `/`, `/ui/` and `ui` are "", "/ui" and "/ui". */
export const normalizeBase = (basePath: string) => {
  const inner = basePath.replace(/^\/+|\/+$/g, "")
  return inner && `/${inner}`
}
