import { sectionSchema } from "../../src/config/schema.ts"
import type { Reload, Section } from "../../src/kernel/section.ts"
import { type Field, fieldsOf, defaultOf } from "./fields.ts"
import { byKey, code, page, table } from "./markdown.ts"

const effect: Record<Reload, string> = {
  live: "A change applies at once.",
  part: "A change restarts this part.",
  process: "A change restarts the gateway.",
}

const section = (declared: Section) => {
  const root = sectionSchema(declared)
  const rows = fieldsOf({ root, node: root }, declared.id).map((field) => [
    code(field.path),
    code(field.type),
    defaultOf(field.schema),
    meaning(field, declared.reload),
  ])
  const fields = table(["Setting", "Type", "Default", "Meaning"], rows)
  return `## ${declared.id}\n\n${declared.summary} ${effect[declared.reload]}\n\n${fields}`
}

const meaning = ({ schema }: Field, inherited: Reload) =>
  [
    schema.description,
    schema.secret && "Secret: masked wherever it is shown.",
    schema.reload && schema.reload !== inherited && effect[schema.reload],
  ]
    .filter(Boolean)
    .join(" ")

export const configPage = (sections: readonly Section[]) =>
  page(
    "Settings",
    "What may stand in `fased.json` (JSON5) or `fased.yaml`. Every setting is optional; an empty file works.\n" +
      "Editors can check the file against [config.schema.json](config.schema.json).",
    sections.toSorted(byKey(({ id }) => id)).map(section),
  )
