import { badSkillFile } from "./faults.ts"
import type * as Yaml from "../config/library/yaml.ts"
import { loadAside } from "../kernel/aside.ts"

/** Larger ones are no instructions that a model could follow. */
export const mostBytes = 256 * 1024
const mostFrontmatter = 16 * 1024
const mostLeaves = 500

/** Reads the part between the two `---` of a SKILL.md. What a stranger wrote is in it. */
export const parseFrontmatter = async (
  bytes: Uint8Array,
): Promise<{ fields: Record<string, unknown>; body: string }> => {
  const text = decode(bytes)
  const lines = text.split(/\r?\n/)
  if (lines[0]?.trimEnd() !== "---") throw badSkillFile({ why: "it does not begin with ---" })
  const end = lines.findIndex((line, at) => at > 0 && line.trimEnd() === "---")
  if (end < 0) throw badSkillFile({ why: "the --- after its fields is missing" })
  const head = lines.slice(1, end).join("\n")
  if (head.length > mostFrontmatter)
    throw badSkillFile({ why: `its fields are longer than ${mostFrontmatter} characters` })
  return { fields: await parseFields(head), body: lines.slice(end + 1).join("\n") }
}

const decode = (bytes: Uint8Array) => {
  if (bytes.length > mostBytes) throw badSkillFile({ why: `it is larger than ${mostBytes} bytes` })
  if (bytes.includes(0)) throw badSkillFile({ why: "it is not text" })
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch (error) {
    throw badSkillFile({ why: "it is not UTF-8" }, error)
  }
}

/** Plain YAML: no aliases, which grow without bound, and no tags, which mean something elsewhere. */
const parseFields = async (head: string): Promise<Record<string, unknown>> => {
  const { parseDocument, visit, isMap } = await loadAside<typeof Yaml>("config/library/yaml")
  const document = parseDocument(head, { schema: "core", uniqueKeys: true, logLevel: "silent" })
  const [problem] = document.errors
  if (problem) throw badSkillFile({ why: `its fields are no YAML (${firstLine(problem.message)})` })
  if (!isMap(document.contents))
    throw badSkillFile({ why: "its fields are no `name: value` lines" })
  let leaves = 0
  visit(document, {
    Alias: () => refuse("its fields use an alias (*name)"),
    Node(_, node) {
      if ("anchor" in node && node.anchor) refuse("its fields use an anchor (&name)")
      if (node.tag?.startsWith("!") && !node.tag.startsWith("!!")) refuse("its fields use a tag")
      if (++leaves > mostLeaves) refuse("it has too many fields")
    },
  })
  return document.toJS({ maxAliasCount: 0 }) as Record<string, unknown>
}

const refuse = (why: string): never => {
  throw badSkillFile({ why })
}
const firstLine = (text: string) => text.split("\n")[0]!.replace(/:$/, "").slice(0, 160)
