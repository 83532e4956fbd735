import type { Section } from "../kernel/section.ts"
import { isSecretName } from "../kernel/secret.ts"
import { editText } from "./edit.ts"
import { changedLeaves } from "./leaves.ts"
import { parse } from "./parse.ts"
import type { Tree } from "./path.ts"
import { redactConfig, redacted } from "./redact.ts"
import type { ConfigState } from "./settings.ts"

/**
 * The file's text for someone who changes it elsewhere: comments and spelling stay, secrets are
 * masked, those in comments too. Undefined where that cannot be done with certainty.
 */
export const maskedText = async (
  { text, format, source }: Pick<ConfigState, "text" | "format" | "source">,
  sections: readonly Section[],
): Promise<string | undefined> => {
  if (!source) return undefined
  const shown = redactConfig(source, sections)
  const hidden = changedLeaves(source, shown)
  try {
    const edited = hidden.length ? await editText(text, format, hidden) : text
    const masked = maskComments(edited, secretsOf(source, shown))
    const parsed = await parse(masked, format)
    return "value" in parsed && Bun.deepEquals(parsed.value ?? {}, shown) ? masked : undefined
  } catch {
    return undefined // it uses a form that cannot be edited in place
  }
}

/** Text short enough to stand in other words by chance is left to its name. */
const telling = 8

const secretsOf = (source: unknown, shown: unknown): string[] => {
  if (typeof source === "string")
    return source !== shown && source.length >= telling ? [source] : []
  if (typeof source !== "object" || source === null) return []
  return Object.entries(source).flatMap(([key, value]) =>
    secretsOf(value, (shown as Tree | undefined)?.[key]),
  )
}

const named = /(["']?)([\w.-]+)\1\s*[:=]\s*("[^"\n]*"|'[^'\n]*'|[^\s,}\]]+)/g
const harmless = /^["']?(?:\$\{[A-Z_][A-Z0-9_]*\}|true|false|null|\d{1,5}|[{[].*|)["']?$/
const login = /(\w:\/\/)[^/?#\s"']+@/g

/** The values are masked by now; what still looks like a secret stands in a comment. */
const maskComments = (text: string, secrets: readonly string[]) =>
  secrets
    .reduce((masked, secret) => masked.replaceAll(secret, redacted), text)
    .replace(login, `$1${redacted}@`)
    .replace(named, (pair: string, _, name: string, value: string) =>
      isSecretName(name) && !value.includes(redacted) && !harmless.test(value)
        ? pair.slice(0, pair.length - value.length) + `"${redacted}"`
        : pair,
    )
