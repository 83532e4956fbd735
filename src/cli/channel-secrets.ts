import { readFileSync } from "node:fs"
import type { AnyChannel } from "../kernel/network.ts"
import type { SecretRef } from "../kernel/secret.ts"
import { refProblem } from "../kernel/secret.ts"
import { canAsk, openPrompts } from "./prompts.ts"
import { fased, type Context } from "./command.ts"
import { usage } from "./faults.ts"

/** A credential as it was given: what it is, and how the config is to say it. */
export interface Given {
  setting: string
  value: string
  /** Where it is kept already; without it, fased's own file of secrets takes it. */
  ref?: SecretRef
}

interface Flags {
  "token-file"?: string
  env?: string
  json?: boolean
}

/**
 * The credentials of a new account: from a file, from environment variables, asked for unseen, or a
 * line each on standard input. None of them is ever an argument.
 */
export const readCredentials = async (
  { id, label, credentials, setup }: AnyChannel,
  flags: Flags,
  context: Context,
): Promise<readonly Given[]> => {
  const wanted = credentials.filter(({ optional }) => !optional)
  const variables = (flags.env ?? "").split(",").filter(Boolean)
  const [first] = wanted
  if (!first) return []
  if (flags["token-file"] !== undefined) {
    const value = readFileSync(flags["token-file"], "utf8").trim()
    return [{ setting: first.setting, value }, ...(await asked(wanted.slice(1)))]
  }
  if (variables.length)
    return wanted.map(({ setting }, at) => fromVariable(setting, variables[at], context))
  return asked(wanted)

  async function asked(list: typeof wanted): Promise<Given[]> {
    if (!list.length) return []
    if (!canAsk(flags)) return fromLines(list)
    const prompts = await openPrompts(context, flags)
    prompts.say(`${label}: ${setup}`)
    const given: Given[] = []
    for (const { setting, prompt } of list)
      given.push({
        setting,
        value: await prompts.secret({
          message: prompt,
          check: (text) => (text.trim() ? undefined : "Paste it; Ctrl-C leaves."),
        }),
      })
    return given.map(({ setting, value }) => ({ setting, value: value.trim() }))
  }

  async function fromLines(list: typeof wanted): Promise<Given[]> {
    const lines = (await new Response(Bun.stdin.stream()).text()).split(/\r?\n/).filter(Boolean)
    return list.map(({ setting, prompt }, at) => {
      const value = lines[at]?.trim()
      if (value) return { setting, value }
      throw usage({
        problem: `${label} needs ${setting} (${prompt}).`,
        hint: `A line of standard input for each, or: ${fased(context, `channels add ${id} --token-file <file>`)}`,
      })
    })
  }
}

const fromVariable = (setting: string, name: string | undefined, { env }: Context): Given => {
  const ref: SecretRef = { source: "env", id: name ?? "" }
  const value = name === undefined ? undefined : env[name]?.trim()
  const problem = name === undefined ? "no variable was named for it" : refProblem(ref)
  if (problem || !value)
    throw usage({
      problem: `${setting} cannot be read from the environment: ${problem ?? `${name} is not set here`}.`,
      hint: "Name a variable for each, in order: --env SLACK_BOT_TOKEN,SLACK_APP_TOKEN",
    })
  return { setting, value, ref }
}
