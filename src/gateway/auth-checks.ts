import { Environment, Paths } from "../config/paths.ts"
import { type Edit } from "../config/edit.ts"
import { parsePath } from "../config/path.ts"
import { newToken } from "../config/setup.ts"
import { Sections, Settings } from "../config/settings.ts"
import { configWrites, previewChange } from "../config/touched.ts"
import { check } from "../kernel/check.ts"
import { Fault } from "../kernel/fault.ts"
import { fetched } from "../secrets/checks.ts"
import { present } from "../secrets/compare.ts"
import { withoutOverridden } from "../secrets/overridden.ts"
import { resolveAuth } from "./auth.ts"
import { gateway } from "./config.ts"
import { noSecret, tokenKeptElsewhere, weakSecret } from "./faults.ts"

const tokenPath = "gateway.auth.token"

/** With nothing that guards it the gateway makes itself a token; a blank or weak one keeps it shut. */
export const guarded = check({
  id: "gateway.guarded",
  title: "The gateway is guarded by a token or password that is hard to guess",
  severity: "error",
  after: [fetched(gateway)],
  needs: { gateway, env: Environment, settings: Settings, sections: Sections, paths: Paths },
  detect({ gateway, env, settings }) {
    if (gateway.mode !== "local") return null // nothing is started yet
    try {
      resolveAuth(gateway.auth, withoutOverridden(settings.current().refs, env), {})
      return null
    } catch (error) {
      if (!noSecret.is(error) && !weakSecret.is(error)) return null
      const { message, hint } = error
      const name = noSecret.is(error) ? error.data.mode : error.data.name
      const inConfig = name === "token" && !present(env.FASED_GATEWAY_TOKEN)
      return { message, hint, inConfig: inConfig && !refers(settings) }
    }
  },
  explain: ({ message }) => message,
  next: ({ hint }) => hint ?? "Have a new one made: fased doctor --generate-gateway-token",
  fix: {
    describe: ({ inConfig }) =>
      inConfig ? `Write a new, long ${tokenPath} into the config.` : undefined,
    touches: (_, { paths }) => configWrites(paths),
    preview: (_, services) => previewChange([tokenEdit()], services),
    apply: async (_, { settings }) => void (await settings.change([tokenEdit()])),
  },
})

/** `--generate-gateway-token`: in force at once; whoever has the old one has to be told. */
export const renewToken = async (settings: Settings) => {
  if (refers(settings)) throw tokenKeptElsewhere()
  const isToken = valueOfMode(settings) === "token"
  const mode: Edit[] = isToken ? [] : [{ path: parsePath("gateway.auth.mode"), value: "token" }]
  await settings.change([...mode, tokenEdit()])
}

const tokenEdit = (): Edit => ({ path: parsePath(tokenPath), value: newToken() })

const refers = (settings: Pick<Settings, "current">) =>
  settings.current().refs.some(({ path }) => path === tokenPath)

const valueOfMode = (settings: Settings) => {
  try {
    return settings.section(gateway).auth.mode
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  }
}
