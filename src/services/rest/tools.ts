import * as z from "zod"
import { onFirstUse } from "../../kernel/later.ts"
import { tool } from "../../kernel/tool.ts"
import { untrusted } from "../../kernel/untrusted.ts"
import { services, type ServicesConfig } from "../config.ts"
import { notReady, unknownService } from "../faults.ts"
import { mayUse } from "../grant.ts"
import { type Connector, Rest } from "./service.ts"
import { restGrant } from "./settings.ts"

const name = onFirstUse(() => z.string().min(1).max(32).describe("The API, by its name."))

/** Those an agent was given. */
const given = ({ rest }: ServicesConfig, agentId: string): Connector[] =>
  Object.entries(rest).flatMap(([id, settings]) =>
    mayUse(restGrant(id, settings), agentId) === true ? [{ id, settings }] : [],
  )

const connectorFor = (id: string, config: ServicesConfig, agentId: string): Connector => {
  const settings = Object.hasOwn(config.rest, id) ? config.rest[id] : undefined
  if (!settings) throw unknownService({ id, known: given(config, agentId).map((one) => one.id) })
  const may = mayUse(restGrant(id, settings), agentId)
  if (may !== true) throw notReady({ label: id, id, why: may })
  return { id, settings }
}

export const apiOperations = tool({
  name: "api_operations",
  group: "services",
  label: "List what an API offers",
  description:
    "Lists the operations of the APIs this agent was given, with their arguments. Without a name, it lists the APIs.",
  params: () =>
    z.object({
      api: name().optional(),
      find: z.string().trim().max(100).default("").describe("Only lines with these words."),
    }),
  needs: { services, rest: Rest },
  available: ({ services, agentId }) =>
    given(services, agentId).length ? true : "The agent was given none of services.rest.",
  async run({ api, find }, { services, rest, agentId, signal }) {
    if (api === undefined)
      return given(services, agentId)
        .map(({ id }) => id)
        .join("\n")
    const connector = connectorFor(api, services, agentId)
    const lines = await (await rest()).operations(connector, signal)
    const wanted = lines.filter((line) => line.toLowerCase().includes(find.toLowerCase()))
    return untrusted(wanted.join("\n") || "[none]", { source: `document of ${api}` })
  },
})

export const apiCall = tool({
  name: "api_call",
  group: "services",
  label: "Call an API",
  description: "Calls one operation of an API, as api_operations lists it.",
  params: () =>
    z.object({
      api: name(),
      operation: z.string().min(1).max(200).describe("Id of the operation."),
      args: z.record(z.string(), z.unknown()).default({}).describe("Its arguments by name."),
      body: z
        .unknown()
        .optional()
        .describe("The body, where the operation takes one; sent as JSON."),
    }),
  needs: { services, rest: Rest },
  available: ({ services, agentId }) =>
    given(services, agentId).length ? true : "The agent was given none of services.rest.",
  async run({ api, ...call }, { services, rest, agentId, signal }) {
    const connector = connectorFor(api, services, agentId)
    return (await rest()).call(connector, call, signal)
  },
})
