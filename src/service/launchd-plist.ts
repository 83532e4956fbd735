import { join } from "node:path"
import { authorOf, sumOf } from "./author.ts"
import type { Author } from "./author.ts"
import { blankPlan } from "./plan.ts"
import type { Facts, Plan } from "./plan.ts"

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }

const contents = (plan: Plan) => ({
  Label: plan.label,
  ProgramArguments: plan.command,
  EnvironmentVariables: plan.environment,
  WorkingDirectory: plan.home,
  RunAtLoad: true,
  KeepAlive: true,
  ThrottleInterval: 5,
  ExitTimeOut: 30,
  ProcessType: "Interactive",
  Umask: 0o077,
  StandardOutPath: join(plan.logs, "service.out.log"),
  StandardErrorPath: join(plan.logs, "service.err.log"),
})

const ownKeys = new Set(Object.keys(contents(blankPlan)))

/** The launch agent that `install` writes. */
export const renderPlist = (plan: Plan) => {
  const body = `<plist version="1.0">\n${xml(contents(plan))}\n</plist>\n`
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- Written by fased ${plan.version}, which may write it anew. sum ${sumOf(body)} -->
${body}`
}

export const plistAuthor = (text: string): Author => {
  const [, sum, body] =
    /<!-- Written by fased [^\n]* sum ([0-9a-f]+) -->\n([\s\S]*)$/.exec(text) ?? []
  return authorOf(sum, body)
}

const entities: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" }
const escaped = (text: string) => text.replace(/[&<>"]/g, (one) => `&${entities[one]};`)

const xml = (value: Value, indent = ""): string => {
  const inner = `${indent}  `
  if (typeof value === "string") return `${indent}<string>${escaped(value)}</string>`
  if (typeof value === "number") return `${indent}<integer>${value}</integer>`
  if (typeof value === "boolean") return `${indent}<${value}/>`
  const lines = isList(value)
    ? value.map((one) => xml(one, inner))
    : Object.entries(value).flatMap(([key, one]) => [
        `${inner}<key>${escaped(key)}</key>`,
        xml(one, inner),
      ])
  const tag = isList(value) ? "array" : "dict"
  return [`${indent}<${tag}>`, ...lines, `${indent}</${tag}>`].join("\n")
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** Reads the XML form; null for anything else, such as a plist in its binary form. */
const parsePlist = (text: string): Value | null => {
  const tokens = Array.from(
    text
      .replace(/<!--[\s\S]*?-->/g, "")
      .matchAll(/<(key|string|integer|real)>([^<]*)<\/\1>|<(\/?)(dict|array|true|false)(\/?)>/g),
  )
  let at = 0
  const read = (): Value | undefined => {
    const token = tokens[at++]
    if (!token) return undefined
    const [, leaf, content = "", closing, tag, empty] = token
    if (leaf === "integer" || leaf === "real") return Number(content)
    if (leaf) return plain(content)
    if (closing || !tag) return undefined
    if (tag === "true" || tag === "false") return tag === "true"
    if (empty) return tag === "array" ? [] : {}
    const entries: Value[] = []
    for (let next = read(); next !== undefined; next = read()) entries.push(next)
    if (tag === "array") return entries
    const pairs: [string, Value][] = []
    for (let key = 0; key + 1 < entries.length; key += 2)
      pairs.push([String(entries[key]), entries[key + 1]!])
    return Object.fromEntries(pairs)
  }
  return read() ?? null
}

const plain = (text: string) =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&")

export const readPlist = (text: string): Facts => {
  const value = parsePlist(text)
  const dict = value && typeof value === "object" && !isList(value) ? value : {}
  const { ProgramArguments: command = [], EnvironmentVariables: environment = {} } = dict
  return {
    command: Array.isArray(command) ? command.map(String) : [],
    environment:
      typeof environment === "object" && !isList(environment)
        ? Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, String(v)]))
        : {},
    restarts: dict.KeepAlive === true,
    starts: dict.RunAtLoad === true,
    waitsForNetwork: true,
    extras: Object.keys(dict).filter((key) => !ownKeys.has(key)),
  }
}
