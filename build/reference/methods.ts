import type { AnyMethod } from "../../src/kernel/method.ts"
import { fieldTable } from "./fields.ts"
import { shapeBlock } from "./shape.ts"
import { byKey, code, fence, page } from "./markdown.ts"

const section = (method: AnyMethod) =>
  [
    `## ${method.name}`,
    method.summary,
    `Scope: ${code(method.scope)}.${emits(method)}`,
    `**Parameters**\n\n${fieldTable(method.params)}`,
    method.accepted ? `**First response**\n\n${shapeBlock(method.accepted)}` : "",
    `**Result**\n\n${shapeBlock(method.result)}`,
    fence("sh", `fased gateway call ${method.name}${params(method.example)}`),
  ]
    .filter(Boolean)
    .join("\n\n")

const emits = ({ emits }: AnyMethod) =>
  emits?.length ? ` Sends ${emits.map(code).join(", ")} events.` : ""

/** The example as one argument of a shell command. */
const params = (example: unknown) => {
  const json = JSON.stringify(example)
  return json === "{}" ? "" : ` --params '${json.replaceAll("'", `'\\''`)}'`
}

export const methodsPage = (methods: readonly AnyMethod[]) =>
  page(
    "Gateway methods",
    "What a client may ask of the gateway over its WebSocket. `fased gateway call` sends any of them.",
    methods.toSorted(byKey(({ name }) => name)).map(section),
  )
