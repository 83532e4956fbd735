/** What a template can name. */
export interface Facts {
  payload: unknown
  headers: Headers
  query: URLSearchParams
  path: string
  now: Date
}

/**
 * `{{messages[0].subject}}` looks into the payload; `{{payload}}` and `{{body}}` are all of it,
 * `{{headers.x-name}}`, `{{query.name}}`, `{{path}}` and `{{now}}` what they say. What is not there
 * is empty. Only what a payload itself holds is found, nothing that every object has.
 */
export const render = (template: string, facts: Facts): string =>
  template.replace(/\{\{\s*([^{}]{1,200}?)\s*\}\}/g, (_, name: string) => shown(look(name, facts)))

const look = (name: string, { payload, headers, query, path, now }: Facts): unknown => {
  if (name === "payload" || name === "body") return payload
  if (name === "headers") return publicHeaders(headers)
  if (name === "path") return path
  if (name === "now") return now.toISOString()
  const [, from, rest = ""] = /^(headers|query|payload|body)\.(.+)$/.exec(name) ?? []
  if (from === "headers") return isSecret(rest) ? undefined : headerOf(headers, rest)
  if (from === "query") return query.get(rest)
  return walk(from ? rest : name, payload)
}

const walk = (path: string, root: unknown): unknown => {
  let at = root
  for (const [, key, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    const step = key ?? index!
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<string, unknown>)[step]
  }
  return at
}

/** Whoever calls shows a secret with it, which is not for the model. */
const isSecret = (name: string) => /^(?:authorization|cookie|x-fased-token)$|signature/i.test(name)

const headerOf = (headers: Headers, name: string) => {
  try {
    return headers.get(name)
  } catch {
    return undefined // not a header's name
  }
}

const publicHeaders = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => !isSecret(name)))

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}
