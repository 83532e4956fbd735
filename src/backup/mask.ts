import { editText } from "../config/edit.ts"
import { formatPath, isTree, type Path } from "../config/path.ts"
import { redactConfig } from "../config/redact.ts"
import type { ConfigState } from "../config/settings.ts"
import type { Section } from "../kernel/section.ts"
import { cannotMask } from "./faults.ts"

/**
 * A config's text without its secrets. Each becomes a reference to a variable that nobody has set,
 * so that what is restored stays closed until someone sets the secret again.
 */
export const withoutSecrets = async (
  { text, source, format, path }: Pick<ConfigState, "text" | "source" | "format" | "path">,
  sections: readonly Section[],
) => {
  if (!source) throw cannotMask({ path })
  const found = [...differences(source, redactConfig(source, sections))].map(({ path, value }) => {
    const named = formatPath(path)
    const variable = `FASED_SECRET_${named.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase()}`
    return { path, named, variable, value }
  })
  const edits = found.map(({ path, variable }) => ({ path, value: `\${${variable}}` }))
  let edited = await editText(text, format, edits)
  // The same secret may stand in a comment, where no schema sees it.
  for (const { value } of found)
    if (typeof value === "string" && value.length >= 6) edited = edited.replaceAll(value, "***")
  return { text: edited, masked: found.map(({ named, variable }) => ({ path: named, variable })) }
}

function* differences(
  written: unknown,
  shown: unknown,
  path: Path = [],
): Generator<{ path: Path; value: unknown }> {
  if (path.at(-1) === "$include") return
  if (Array.isArray(written) && Array.isArray(shown))
    for (const [at, value] of written.entries()) yield* differences(value, shown[at], [...path, at])
  else if (isTree(written) && isTree(shown))
    for (const [key, value] of Object.entries(written))
      yield* differences(value, shown[key], [...path, key])
  else if (written !== shown) yield { path, value: written }
}
