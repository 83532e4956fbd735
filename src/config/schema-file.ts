import { dirname, join } from "node:path"
import type { Section } from "../kernel/section.ts"
import { writeFileAtomic } from "../store/files.ts"
import type { Paths } from "./paths.ts"
import { readText } from "./read-text.ts"
import { fileSchema } from "./schema.ts"
import type { ConfigState, Settings } from "./settings.ts"

const name = "fased.schema.json"

/** How a config names the schema that lies beside it. */
export const schemaReference = `./${name}`
/** The same for YAML, where editors look for it in a comment. */
export const schemaComment = `# yaml-language-server: $schema=${schemaReference}`

const schemaPath = ({ config }: Pick<Paths, "config">) => join(dirname(config), name)

interface Installing {
  paths: Pick<Paths, "config">
  sections: readonly Section[]
  version: string
}

/** Writes the schema beside the config, for editors to complete and check it with. */
export const writeSchema = ({ paths, sections, version }: Installing) => {
  const path = schemaPath(paths)
  const schema = {
    $comment: commentFor(version),
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...fileSchema(sections),
  }
  writeFileAtomic(path, `${JSON.stringify(schema)}\n`)
  return path
}

/** Rewrites the schema where one is in use and another version of fased wrote it, or none did. */
export const keepSchemaCurrent = (state: ConfigState, installing: Installing) => {
  const { text } = readText(schemaPath(installing.paths))
  const isInUse = text !== undefined || refersToSchema(state)
  const start = `{"$comment":${JSON.stringify(commentFor(installing.version))}`
  if (isInUse && !text?.startsWith(start)) writeSchema(installing)
}

const commentFor = (version: string) => `Settings of fased ${version}; made anew when it changes.`

export const refersToSchema = ({ format, text, source }: ConfigState) =>
  format === "yaml" ? text.includes(schemaComment) : source?.$schema === schemaReference

/** Has the config name the schema beside it, unless it names another. */
export const nameSchema = async (settings: Settings): Promise<boolean> => {
  const state = await settings.read()
  const isDone = refersToSchema(state) || state.source?.$schema !== undefined
  if (isDone || !state.exists) return refersToSchema(state)
  if (state.format === "yaml")
    await settings.replace(`${schemaComment}\n${state.text}`, { baseHash: state.hash })
  else await settings.set("$schema", schemaReference)
  return true
}
