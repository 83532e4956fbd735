import { agents, findAgent } from "../agents/config.ts"
import { valueAt } from "../config/path.ts"
import { placeOf, type Setup, setups } from "../services/setup.ts"
import type { Context } from "./command.ts"
import { usage } from "./faults.ts"
import { openSettings } from "./settings.ts"

export const serviceArg = {
  type: "positional",
  required: true,
  description: "The service, as listed",
} as const
export const agentArg = {
  type: "positional",
  required: true,
  description: "The agent's id, or * for all",
} as const
export const jsonArg = { type: "boolean", description: "One JSON document on stdout" } as const
export const unchanged = () => "Nothing was changed."

export const isKnown = (id: string) => Object.hasOwn(setups, id)

export const setupOf = (id: string): Setup => {
  if (isKnown(id)) return setups[id]!
  if (/^(?:web|mcp):/.test(id))
    throw usage({
      problem: `${id} is set up, and given to agents, in another way.`,
      hint: "See docs/services.md; the lists of tools.allow and tools.deny say which agents have it.",
    })
  throw usage({
    problem: `No service is named "${id}".`,
    hint: `There are: ${Object.keys(setups).join(", ")}. An API that an OpenAPI document describes: config set services.rest.<name>.document <address>`,
  })
}

/** What the config says of a service now. */
export const written = async (id: string, context: Context) => {
  const { composed } = (await openSettings(context)).current()
  return valueAt(composed ?? {}, placeOf(id)) as { agents?: string[] } | undefined
}

export const knownAgent = async (id: string, context: Context) =>
  id === "*" ? id : findAgent((await openSettings(context)).section(agents), id).id
