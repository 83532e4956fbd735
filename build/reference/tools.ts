import type { AnyTool } from "../../src/kernel/tool.ts"
import { fieldTable } from "./fields.ts"
import { byKey, code, page } from "./markdown.ts"

const section = (tool: AnyTool) =>
  [
    `## ${tool.name}`,
    `${tool.label}. Group: ${code(tool.group)}.`,
    tool.description,
    fieldTable(tool.params),
  ].join("\n\n")

export const toolsPage = (tools: readonly AnyTool[]) =>
  page(
    "Tools",
    "What an agent can do, where the tool policy lets it. The description is what the model reads.",
    tools.toSorted(byKey(({ name }) => name)).map(section),
  )
