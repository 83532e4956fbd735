import type { ArgDef, ArgsDef } from "citty"
import * as z from "zod"
import type { AnyMethod } from "../kernel/method.ts"
import { methods } from "../registry/methods.ts"
import { listHint } from "./arguments.ts"
import { command } from "./command.ts"
import type { AnyCommand } from "./command.ts"
import { usage } from "./faults.ts"
import { noteTarget, withGateway } from "./gateway-client.ts"
import { gatewayFlags } from "./gateway-flags.ts"
import { showResult } from "./show-result.ts"
import type { Node } from "./tree.ts"

/** Methods that make sense for one call: not a node's, not a subscription that ends with the connection. */
const oneShot = ({ name, scope, older }: AnyMethod) =>
  !older && scope !== "node" && !name.endsWith("subscribe")

/** The commands made from the gateway methods whose names begin with `prefix`. */
export const derivedNodes = (prefix: string, from = methods): Record<string, Node> => {
  const start = prefix && `${prefix}.`
  const nodes: Record<string, Node> = {}
  for (const method of from.filter(oneShot)) {
    if (!method.name.startsWith(start)) continue
    const [word, ...more] = method.name.slice(start.length).split(".").map(kebab)
    if (!word) continue
    const summary = method.summary.replace(/\.$/, "")
    nodes[word] = more.length
      ? { summary: `Gateway methods of ${start}${word}`, ...nodes[word], derives: true }
      : { ...nodes[word], summary, load: async () => deriveCommand(method) }
  }
  return nodes
}

/**
 * The same as one flat list for help: `identity get`. What stands below a command of its own is
 * reached through that one or not at all.
 */
export const derivedLeaves = (
  prefix: string,
  own: Readonly<Record<string, Node>> = {},
): Record<string, Node> =>
  Object.fromEntries(
    Object.entries(derivedNodes(prefix)).flatMap(([name, node]): [string, Node][] => [
      ...(node.load ? [[name, node] as [string, Node]] : []),
      ...Object.entries(node.derives && !own[name] ? derivedLeaves(`${prefix}.${name}`) : {}).map(
        ([below, leaf]): [string, Node] => [`${name} ${below}`, leaf],
      ),
    ]),
  )

const kebab = (name: string) => name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase()

interface ParamSchema {
  type?: string | string[]
  description?: string
  enum?: unknown[]
  const?: unknown
  items?: ParamSchema
  anyOf?: ParamSchema[]
}

/** How one parameter is written as a flag, and read back from it. */
const flagFor = (schema: ParamSchema, required: boolean): { def: ArgDef; read: Reader } => {
  const { description } = schema
  const only = schema.anyOf?.find(({ type }) => type !== "null") ?? schema
  const choices = only.enum?.filter((value) => typeof value === "string")
  if (choices?.length)
    return { def: { type: "enum", options: choices, description, required }, read: asText }
  const text = (valueHint: string, read: Reader) => ({
    def: { type: "string", valueHint, description, required } as const,
    read,
  })
  switch (only.type) {
    case "boolean":
      return { def: { type: "boolean", description }, read: (_, value) => value }
    case "integer":
    case "number":
      return text("number", asNumber)
    case "string":
      return text("text", asText)
    case "array":
      if (only.items?.type === "string") return text(listHint, asList)
  }
  return text("json", asJson)
}

type Reader = (flag: string, value: unknown) => unknown

const asText: Reader = (_, value) => value
const asNumber: Reader = (flag, value) => {
  const number = Number(value)
  if (value === "" || Number.isNaN(number))
    throw usage({ problem: `${flag} cannot be "${value}".`, hint: "It is a number." })
  return number
}
const asList: Reader = (_, value) =>
  String(value)
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean)
const asJson: Reader = (flag, value) => {
  try {
    return Bun.JSON5.parse(String(value))
  } catch {
    throw usage({
      problem: `${flag} is not JSON.`,
      hint: `For example: ${flag} '{"name":"value"}'`,
    })
  }
}

/** Turns a gateway method into a command: its parameters become flags, its result a table or JSON. */
const deriveCommand = (method: AnyMethod): AnyCommand => {
  const schema = z.toJSONSchema(method.params, { io: "input", unrepresentable: "any" }) as {
    properties?: Record<string, ParamSchema>
    required?: string[]
  }
  const flags = Object.entries(schema.properties ?? {})
    // A key that makes a retry safe is ours to invent.
    .filter(([name]) => name !== "idempotencyKey")
    .map(([name, param]) => {
      const flag = kebab(name)
      return { name, flag, ...flagFor(param, schema.required?.includes(name) ?? false) }
    })
  const args: ArgsDef = {
    ...Object.fromEntries(flags.map(({ flag, def }) => [flag, def])),
    ...Object.fromEntries(
      Object.entries(gatewayFlags).filter(([name]) => !flags.some((f) => f.flag === name)),
    ),
  }
  return command({
    about: `Calls the gateway method ${method.name} (needs the ${method.scope} scope).`,
    args,
    async run(given: Record<string, unknown>, context) {
      const params: Record<string, unknown> = {}
      for (const { name, flag, read } of flags)
        if (given[flag] !== undefined) params[name] = read(`--${flag}`, given[flag])
      if (schema.properties?.idempotencyKey) params.idempotencyKey = crypto.randomUUID()
      const checked = method.params.safeParse(params)
      if (!checked.success) {
        const issue = checked.error.issues[0]!
        throw usage({ problem: `--${kebab(String(issue.path[0] ?? ""))}: ${issue.message}` })
      }
      const result = await withGateway(given, context, (client, target) => {
        if (method.scope !== "read") noteTarget(target, context)
        return client.request(method.name, params, {
          timeoutMs: Number(given.timeout ?? 30_000),
          ...(method.accepted && { onAccepted: () => {} }),
        })
      })
      if (given.json) context.out.json(result)
      else showResult(context.out, result)
    },
  })
}
