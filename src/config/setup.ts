import { randomBytes } from "node:crypto"
import type { Env } from "./paths.ts"
import { valueAt } from "./path.ts"
import { schemaComment, schemaReference } from "./schema-file.ts"
import type { ConfigState, Settings } from "./settings.ts"

export interface SetUp {
  /** The config file was made just now. */
  created: boolean
  /** A new token was made and saved. */
  token: boolean
}

/**
 * Makes this machine's Local profile: a config file when there is none, a long random token when
 * nothing else guards the gateway (contract 01 §2). What is there already is never replaced.
 */
export const setUpLocalProfile = async ({
  settings,
  env,
}: {
  settings: Settings
  env: Env
}): Promise<SetUp> => {
  const state = await settings.read()
  const given = [env.FASED_GATEWAY_TOKEN, env.FASED_GATEWAY_PASSWORD]
  const guarded = given.some((secret) => secret?.trim()) // a blank one guards nothing
  if (!state.exists) {
    const text = localProfile(state.format, guarded ? undefined : newToken())
    await settings.replace(text, { baseHash: state.hash })
    return { created: true, token: !guarded }
  }
  if (guarded || !lacksToken(state)) return { created: false, token: false }
  if (valueAt(state.source, ["gateway", "auth"]) === undefined)
    await settings.set("gateway.auth", { mode: "token", token: newToken() })
  else await settings.set("gateway.auth.token", newToken())
  return { created: false, token: true }
}

/** A blank token or a missing password is a mistake to report, not to paper over. */
const lacksToken = ({ values, source }: ConfigState) => {
  if (!values || valueAt(source, ["gateway", "mode"]) === "remote") return false
  const auth = (name: string) => valueAt(source, ["gateway", "auth", name])
  const byToken = [undefined, "token"].includes(auth("mode") as string | undefined)
  return byToken && auth("token") === undefined && auth("password") === undefined
}

export const newToken = () => randomBytes(32).toString("hex")

/** The text a new config begins with: this machine's own gateway, and how it is guarded. */
export const localProfile = (format: ConfigState["format"], token: string | undefined) =>
  format === "yaml" ? localYaml(token) : localJson5(token)

const localJson5 = (token: string | undefined) => `\
// Settings of fased. Every one is optional; see them all with: fased config schema
{
  "$schema": "${schemaReference}", // for your editor
  gateway: {
    mode: "local", // the gateway runs on this machine${
      token === undefined
        ? ""
        : `
    auth: {
      mode: "token",
      // Whoever has this token is in charge here. For a link that carries it: fased dashboard
      token: "${token}",
    },`
    }
  },
}
`

const localYaml = (token: string | undefined) => `\
# Settings of fased. Every one is optional; see them all with: fased config schema
${schemaComment}
gateway:
  mode: local # the gateway runs on this machine
${
  token === undefined
    ? ""
    : `\
  auth:
    mode: token
    # Whoever has this token is in charge here. For a link that carries it: fased dashboard
    token: "${token}"
`
}`
