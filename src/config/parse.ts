import type { ConfigState, Issue } from "./settings.ts"
import { loadAside } from "../kernel/aside.ts"
import type * as Json5 from "./library/json5.ts"
import type * as Yaml from "./library/yaml.ts"

type Parsed = { value: unknown } | { issue: Issue }

/**
 * Parses the file's text. The fast parsers built into the runtime do not say where a mistake is,
 * so only after one do the slow ones, which do, get to read it.
 */
export const parse = async (text: string, format: ConfigState["format"]): Promise<Parsed> => {
  const parsed = parseQuickly(text, format)
  return "problem" in parsed ? { issue: await locate(text, format, parsed.problem) } : parsed
}

export const parseQuickly = (
  text: string,
  format: ConfigState["format"],
): { value: unknown } | { problem: string } => {
  if (!text.trim()) return { value: {} }
  try {
    return { value: format === "yaml" ? Bun.YAML.parse(text) : Bun.JSON5.parse(text) }
  } catch (error) {
    if (format === "json5" && onlyComments.test(text)) return { value: {} }
    return { problem: (error as Error).message }
  }
}

/** Where the mistake is that the fast parser ran into. */
export const locate = async (
  text: string,
  format: ConfigState["format"],
  problem: string,
): Promise<Issue> =>
  (format === "yaml" ? await locateInYaml(text) : await locateInJson5(text)) ?? {
    path: "",
    message: problem,
  }

const onlyComments = /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*$/

const locateInJson5 = async (text: string): Promise<Issue | undefined> => {
  const { json5 } = await loadAside<typeof Json5>("config/library/json5")
  try {
    json5.parse(text)
  } catch (error) {
    const { message, lineNumber, columnNumber } = error as Error & {
      lineNumber?: number
      columnNumber?: number
    }
    return {
      path: "",
      message: message.replace(/^JSON5: /, "").replace(/ at \d+:\d+$/, ""),
      hint: hintFor(message),
      line: lineNumber,
      column: columnNumber,
    }
  }
  return undefined
}

const hintFor = (message: string) =>
  message.includes("end of input")
    ? "a closing } or ] or a quote is missing"
    : "look for a missing comma, quote or bracket just before it"

const locateInYaml = async (text: string): Promise<Issue | undefined> => {
  const { LineCounter, parseDocument } = await loadAside<typeof Yaml>("config/library/yaml")
  const lineCounter = new LineCounter()
  // Pretty errors would quote the file, secrets and all.
  const [error] = parseDocument(text, { lineCounter, prettyErrors: false }).errors
  if (!error) return undefined
  const { line, col } = lineCounter.linePos(error.pos[0])
  const isIndented = /mapping|indent|collection/i.test(error.message)
  const hint = isIndented ? "look at how far this line and the one before are indented" : undefined
  return { path: "", message: error.message, hint, line, column: col }
}
