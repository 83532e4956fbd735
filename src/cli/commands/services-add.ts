import { placeOf, type Setup } from "../../services/setup.ts"
import { command, fased, type Context } from "../command.ts"
import { changeConfig } from "../config-change.ts"
import { usage } from "../faults.ts"
import { withGateway } from "../gateway-client.ts"
import { readHidden } from "../hidden-input.ts"
import { keepGiven } from "../keep-given.ts"
import { canAsk, openPrompts } from "../prompts.ts"
import { prepareSecretsReload } from "../secrets-reload.ts"
import { jsonArg, knownAgent, serviceArg, setupOf, unchanged, written } from "../services.ts"
import { signIn } from "../sign-in.ts"

interface Wish {
  id: string
  set?: string
  json?: boolean
  /** Settings besides the credential. */
  plainly: Readonly<Record<string, unknown>>
}

export const servicesAdd = command({
  about:
    "Asks for the credential, or reads it from standard input. It goes to a file that only you can read; " +
    "the config refers to it. For google, calendar and gmail --google you sign in at Google's page, with " +
    "an OAuth client of your own. Agents may look only, unless access is write.",
  args: {
    service: serviceArg,
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
    google: { type: "boolean", description: "For gmail: sign in at Google, without a password" },
    paste: {
      type: "boolean",
      description: "Without a browser here: paste the address that Google's page leads to",
    },
    json: jsonArg,
  },
  examples: [
    ["fased services add github --agent main", "asks for the token"],
    [
      "pass show github | fased services add github --agent main --access write",
      "may change things",
    ],
    ["fased services add calendar --agent main", "signs in at Google"],
  ],
  async run({ service: id, agent, access, set, google, paste, json }, context) {
    const { serves, signsIn } = setupOf(id)
    if (access !== undefined && access !== "read" && access !== "write")
      throw usage({ problem: "--access is read or write." })
    if (google && id !== "gmail") throw usage({ problem: "--google is for gmail alone." })
    if (serves && (agent || access))
      throw usage({
        problem: `${id} itself is given to nobody: agents get what it is used for.`,
        hint: `For example: ${fased(context, `services add ${serves[0]} --google --agent main`)}`,
      })
    const grantees = await Promise.all(
      (agent ?? "")
        .split(",")
        .filter(Boolean)
        .map((id) => knownAgent(id.trim(), context)),
    )
    const known = (await written(id, context)) ?? {}
    const given = [...new Set([...(known.agents ?? []), ...grantees])]
    const plainly = { ...(access && { access }), ...(given.length && { agents: given }) }
    if (signsIn || google) await byGoogle({ id, set, json, paste, plainly }, context)
    else await byCredential({ id, set, json, plainly }, context)
    if (json) return
    const { out } = context
    const { accent } = out.paint
    out.print(`See whether it is taken: ${accent(fased(context, `services test ${id}`))}`)
    if (!given.length && !serves)
      out.print(`Give it to an agent: ${accent(fased(context, `services grant ${id} <agent>`))}`)
  },
})

/** Puts the settings into the config, and the credential into the file of secrets. */
const byCredential = async ({ id, set, json, plainly }: Wish, context: Context) => {
  const { out } = context
  const { label, plain, secret, hint } = setupOf(id)
  if (!secret) throw new Error(`${id} has no credential of its own`)
  const known = (await written(id, context)) ?? {}
  const missing = Object.fromEntries(Object.entries(plain).filter(([name]) => !(name in known)))
  const values = await plainValues({ id, plain: missing, set, json }, context)
  if (canAsk({ json })) out.note(`${label}: ${hint}`)
  const again = fased(context, `services add ${id}`)
  const value = await readHidden({ message: secret.prompt, again }, context, json ?? false)
  const place = placeOf(id)
  const fetchAnew = await prepareSecretsReload(context)
  const { refs, undo } = await keepGiven(
    [{ setting: secret.setting, value: value.trim() }],
    place,
    context,
  )
  try {
    await changeConfig(
      (settings) =>
        settings.change([
          ...Object.entries({ ...values, ...plainly }).map(([name, value]) => ({
            path: [...place, name],
            value,
          })),
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
}

/** The OAuth client first, where there is none yet; then a person's yes, where it is not given yet. */
const byGoogle = async (
  { paste, ...wish }: Wish & { paste?: boolean },
  context: Context,
): Promise<void> => {
  const { id, json } = wish
  if (json)
    throw usage({
      problem: "Signing in takes a person, so there is no --json.",
      hint: "Leave it out.",
    })
  const isAll = id === "google"
  const again = `services add ${id}${id === "gmail" ? " --google" : ""}`
  const client = (await written("google", context)) as Record<string, unknown> | undefined
  const asks = !client?.clientId || !client.clientSecret || (isAll && wish.set !== undefined)
  if (asks) await byCredential({ id: "google", set: wish.set, plainly: {} }, context)
  const fetchAnew = await prepareSecretsReload(context)
  const plainly = { ...(id === "gmail" && { signIn: "google" }), ...wish.plainly }
  const place = placeOf(id)
  const edits = Object.entries(plainly).map(([name, value]) => ({ path: [...place, name], value }))
  if (edits.length) await changeConfig((settings) => settings.change(edits), { unchanged }, context)
  await fetchAnew()
  if (!isAll && (await isReady(id, context)))
    return context.out.print("The sign-in at Google already allows this.")
  // The client's secret was all there is on standard input.
  if (asks && !canAsk({ json }))
    return context.out.print(`Now sign in: ${context.out.paint.accent(fased(context, again))}`)
  await signIn("google-workspace", { paste, again: `${again} --paste` }, context)
}

const isReady = (id: string, context: Context) =>
  withGateway({}, context, async (client) => {
    const { services } = (await client.request("services.list", {})) as {
      services: { id: string; state: string }[]
    }
    return services.some((one) => one.id === id && one.state === "ready")
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
