import { agents, findAgent } from "../../agents/config.ts"
import { formatPath, valueAt } from "../../config/path.ts"
import { placeOf, type Setup, setups } from "../../services/setup.ts"
import { command, fased, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { readHidden } from "../hidden-input.ts"
import { keepGiven } from "../keep-given.ts"
import { canAsk, openPrompts } from "../prompts.ts"
import { prepareSecretsReload } from "../secrets-reload.ts"
import { openSettings } from "../settings.ts"

const service = {
  type: "positional",
  required: true,
  description: "The service, as listed",
} as const
const agent = {
  type: "positional",
  required: true,
  description: "The agent's id, or * for all",
} as const
const json = { type: "boolean", description: "One JSON document on stdout" } as const
const unchanged = () => "Nothing was changed."

const setupOf = (id: string): Setup => {
  if (Object.hasOwn(setups, id)) return setups[id]!
  throw usage({
    problem: `No service is named "${id}".`,
    hint: `There are: ${Object.keys(setups).join(", ")}. An API that an OpenAPI document describes: config set services.rest.<name>.document <address>`,
  })
}

/** What the config says of a service now. */
const written = async (id: string, context: Context) => {
  const { composed } = (await openSettings(context)).current()
  return valueAt(composed ?? {}, placeOf(id)) as { agents?: string[] } | undefined
}

const knownAgent = async (id: string, context: Context) =>
  id === "*" ? id : findAgent((await openSettings(context)).section(agents), id).id

export const servicesAdd = command({
  about:
    "Asks for the credential, or reads it from standard input. It goes to a file that only you can read; " +
    "the config refers to it. Agents may look only, unless access is write.",
  args: {
    service,
    agent: {
      type: "string",
      valueHint: "ids",
      description: "Agents to give it to; several with commas",
    },
    access: { type: "string", valueHint: "read|write", description: "What agents may do there" },
    set: {
      type: "string",
      valueHint: "name=value",
      description: "One more setting, e.g. user=me@example.com",
    },
    json,
  },
  examples: [
    ["fased services add github --agent main", "asks for the token"],
    [
      "pass show github | fased services add github --agent main --access write",
      "may change things",
    ],
  ],
  async run({ service: id, agent, access, set, json }, context) {
    const { out } = context
    const { label, plain, secret, hint } = setupOf(id)
    if (access !== undefined && access !== "read" && access !== "write")
      throw usage({ problem: "--access is read or write." })
    const grantees = await Promise.all(
      (agent ?? "")
        .split(",")
        .filter(Boolean)
        .map((id) => knownAgent(id.trim(), context)),
    )
    const known = (await written(id, context)) ?? {}
    const missing = Object.fromEntries(Object.entries(plain).filter(([name]) => !(name in known)))
    const values = await plainValues({ id, plain: missing, set, json }, context)
    if (canAsk({ json })) out.note(`${label}: ${hint}`)
    const again = fased(context, `services add ${id}`)
    const value = await readHidden({ message: secret.prompt, again }, context, json ?? false)
    const place = placeOf(id)
    const given = [...new Set([...(known.agents ?? []), ...grantees])]
    const fetchAnew = await prepareSecretsReload(context)
    const { refs, undo } = await keepGiven(
      [{ setting: secret.setting, value: value.trim() }],
      place,
      context,
    )
    const plainly = { ...values, ...(access && { access }), ...(given.length && { agents: given }) }
    try {
      await changeConfig(
        (settings) =>
          settings.change([
            ...Object.entries(plainly).map(([name, value]) => ({ path: [...place, name], value })),
            ...refs,
          ]),
        { json, unchanged: () => "The credential was replaced." },
        context,
      )
    } catch (error) {
      undo()
      throw error
    }
    await fetchAnew()
    if (json) return
    const { accent } = out.paint
    out.print(`See whether it is taken: ${accent(fased(context, `services test ${id}`))}`)
    if (!given.length)
      out.print(`Give it to an agent: ${accent(fased(context, `services grant ${id} <agent>`))}`)
  },
})

/** Each from `--set`, else asked for. */
const plainValues = async (
  { id, plain, set, json }: { id: string; plain: Setup["plain"]; set?: string; json?: boolean },
  context: Context,
) => {
  const [, name, value] = /^(\w+)=(.+)$/.exec(set ?? "") ?? []
  if (set !== undefined && name === undefined)
    throw usage({ problem: "--set takes a name and a value: --set user=me@example.com" })
  const values: Record<string, string> = name === undefined ? {} : { [name]: value! }
  for (const [wanted, message] of Object.entries(plain)) {
    if (values[wanted] !== undefined) continue
    if (!canAsk({ json }))
      throw usage({
        problem: `${setupOf(id).label} needs ${wanted} (${message}).`,
        hint: `Say it: ${fased(context, `services add ${id} --set ${wanted}=…`)}`,
      })
    values[wanted] = (await (await openPrompts(context, { json })).text({ message })).trim()
  }
  return values
}

export const servicesRemove = command({
  about: "Agents lose its tools at once. The credential stays in the file of secrets, unused.",
  args: { service, json },
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
  if (known === undefined) setupOf(id)
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
  args: { service, agent, json },
  examples: [["fased services grant github main", "the agent main gets its tools"]],
  async run({ service: id, agent, json }, context) {
    const grantee = await knownAgent(agent, context)
    await regrant({ id, json }, (agents) => [...new Set([...agents, grantee])], context)
  },
})

export const servicesRevoke = command({
  args: { service, agent, json },
  examples: [["fased services revoke github main", "the agent main loses its tools"]],
  async run({ service: id, agent, json }, context) {
    const isMeant = (one: string) => one.toLowerCase() === agent.toLowerCase()
    await regrant({ id, json }, (agents) => agents.filter((one) => !isMeant(one)), context)
  },
})
