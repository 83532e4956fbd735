import { formatPath } from "../../config/path.ts"
import { placeOf } from "../../services/setup.ts"
import { command, fased, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import {
  agentArg,
  isKnown,
  jsonArg,
  knownAgent,
  serviceArg,
  setupOf,
  unchanged,
  written,
} from "../services.ts"

export const servicesRemove = command({
  about: "Agents lose its tools at once. The credential stays in the file of secrets, unused.",
  args: { service: serviceArg, json: jsonArg },
  examples: [["fased services remove github", "no agent has it any more"]],
  async run({ service: id, json }, context) {
    if ((await written(id, context)) === undefined)
      throw usage({
        problem: `The config says nothing of ${id}.`,
        hint: `See which services there are: ${fased(context, "services list")}`,
      })
    await changeConfig(
      (settings) => settings.unset(formatPath(placeOf(id))),
      { json, unchanged },
      context,
    )
  },
})

/** Changes who has a service. */
const regrant = async (
  { id, json }: { id: string; json?: boolean },
  change: (agents: readonly string[]) => readonly string[],
  context: Context,
) => {
  const known = await written(id, context)
  const { label, serves } = known && !isKnown(id) ? { label: id } : setupOf(id)
  if (serves)
    throw usage({
      problem: `${label} itself is given to nobody: agents get what it is used for.`,
      hint: `Give one of these: ${serves.join(", ")}`,
    })
  const before = known?.agents ?? []
  const value = change(before)
  await changeConfig(
    (settings) =>
      Bun.deepEquals(value, before)
        ? settings.read()
        : settings.change([{ path: [...placeOf(id), "agents"], value }]),
    { json, unchanged },
    context,
  )
}

export const servicesGrant = command({
  args: { service: serviceArg, agent: agentArg, json: jsonArg },
  examples: [["fased services grant github main", "the agent main gets its tools"]],
  async run({ service: id, agent, json }, context) {
    const grantee = await knownAgent(agent, context)
    await regrant({ id, json }, (agents) => [...new Set([...agents, grantee])], context)
  },
})

export const servicesRevoke = command({
  args: { service: serviceArg, agent: agentArg, json: jsonArg },
  examples: [["fased services revoke github main", "the agent main loses its tools"]],
  async run({ service: id, agent, json }, context) {
    const isMeant = (one: string) => one.toLowerCase() === agent.toLowerCase()
    await regrant({ id, json }, (agents) => agents.filter((one) => !isMeant(one)), context)
  },
})
