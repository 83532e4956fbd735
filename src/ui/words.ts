import type { SessionRow } from "./frames.ts"

/** `4 min`, `3 h`, `2 days`: how long something has been going on. */
export const duration = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return "under a minute"
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

/** `now`, `4 min`, `Tue`, `3 May`: short enough for the end of a line. */
export const when = (at: number, now: number): string => {
  const ago = now - at
  if (ago < 60_000) return "now"
  if (ago < 86_400_000) return duration(ago)
  const date = new Date(at)
  if (ago < 6 * 86_400_000) return date.toLocaleDateString(undefined, { weekday: "short" })
  return date.toLocaleDateString(undefined, { day: "numeric", month: "short" })
}

/** What to call a session: its name, its first words, or the readable part of its key. */
export const sessionTitle = (row: SessionRow): string => {
  const named = row.label ?? row.derivedTitle ?? row.displayName ?? row.title
  if (named) return named
  const rest = row.key.replace(/^agent:[^:]+:/, "")
  if (rest === "main") return "Main conversation"
  if (rest.startsWith("web-")) return "New conversation"
  return rest.replaceAll(":", " · ")
}

/** Words of a message without the marks that Markdown puts around them. */
export const withoutMarks = (text: string) => text.replace(/\*\*|`+|^(?:#+|>|-) /gm, "")

/** The first thing a tool was asked for, on one line. */
export const inputLine = (input: unknown): string => {
  if (typeof input === "string") return input.split("\n", 1)[0]!
  if (typeof input !== "object" || input === null) return ""
  const first = Object.values(input).find((value) => typeof value === "string" && value)
  return typeof first === "string" ? first.split("\n", 1)[0]! : ""
}

/** `provider/model`, from the two fields that rows have. */
export const modelName = ({ modelProvider, model }: Pick<SessionRow, "modelProvider" | "model">) =>
  modelProvider && model && !model.includes("/")
    ? `${modelProvider}/${model}`
    : (model ?? undefined)

interface Named {
  displayName?: string
  clientId: string
}

const clientNames: Record<string, string> = {
  "fased-control-ui": "Browser",
  "openclaw-control-ui": "Browser",
  cli: "Command line",
  "fased-tui": "Terminal",
  "node-host": "Node",
}

/** What to call a device: its own name, or what kind of client it is. */
export const deviceName = ({ displayName, clientId }: Named) =>
  displayName ?? clientNames[clientId] ?? clientId

const scopeNames: Record<string, string> = {
  "operator.admin": "change everything",
  "operator.write": "write",
  "operator.read": "read",
  "operator.approvals": "answer approvals",
  "operator.pairing": "let devices in",
}

/** What a device may do, the most powerful first: "change everything" includes the rest. */
export const scopeWords = (scopes: readonly string[]) =>
  scopes.includes("operator.admin")
    ? "change everything"
    : Object.keys(scopeNames)
        .filter((name) => scopes.includes(name))
        .map((name) => scopeNames[name])
        .join(", ")

/** `1.2 GB`, `48 MB`. */
export const bytes = (count: number) => {
  const units = ["B", "KB", "MB", "GB", "TB"]
  const step = count > 0 ? Math.min(units.length - 1, Math.floor(Math.log10(count) / 3)) : 0
  const value = count / 1000 ** step
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`
}

/** `840`, `12.4 k`, `3.1 M`: tokens, in as many digits as anybody reads. */
export const amount = (count: number) => {
  if (count < 1000) return String(Math.round(count))
  const [value, unit] = count < 999_500 ? [count / 1000, "k"] : [count / 1_000_000, "M"]
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** `$0.0042`, `$3.10`, `$1,204`. */
export const dollars = (sum: number) => {
  const digits = sum === 0 ? 2 : sum < 0.01 ? 4 : sum < 100 ? 2 : 0
  return `$${sum.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}

/** `1 session`, `1,204 sessions`. */
export const counted = (count: number, one: string, many = `${one}s`) =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`
