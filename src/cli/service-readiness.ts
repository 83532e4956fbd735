import { loadEnv } from "../config/env.ts"
import { configInvalid, describeIssue } from "../config/faults.ts"
import type { Env } from "../config/paths.ts"
import { Models } from "../models/service.ts"
import { readEnvironment } from "../service/environment-file.ts"
import { variablesMissing } from "../service/faults.ts"
import { systemPath } from "../service/plan.ts"
import type { Context } from "./command.ts"
import { readGatewaySettings } from "./instance.ts"
import { openSettings } from "./settings.ts"

type Instance = Pick<Context, "paths" | "env">

const names = ["FASED_GATEWAY_TOKEN", "FASED_GATEWAY_PASSWORD", "FASED_GATEWAY_PORT"] as const

/** What only this shell knows of the gateway. Without it the service would be another than it expects. */
export const shellVariables = ({ paths, env }: Instance): Record<string, string> => {
  const kept = loadEnv({}, paths).env
  const { token, password } = readGatewaySettings(paths, env).auth ?? {}
  const configured: readonly unknown[] = [token, password]
  return Object.fromEntries(
    names.flatMap((name, at) => {
      const value = env[name]
      if (!value?.trim() || kept[name] === value || configured[at] === value) return []
      return [[name, value]]
    }),
  )
}

/** The environment the gateway will have as a service: little of this shell's. */
export const serviceEnvironment = (
  { paths, home }: { paths: Context["paths"]; home: string },
  variables: Readonly<Record<string, string>>,
): Env => {
  const own = { HOME: home, PATH: systemPath(home), ...readEnvironment(paths.state), ...variables }
  return loadEnv(own, paths).env
}

/** A config that is fine in this shell, and only here, is said to be so. */
export const requireConfig = async (context: Instance, env: Env) => {
  const settings = await openSettings({ ...context, env })
  const state = settings.current()
  if (state.values) return settings
  const here = (await openSettings(context)).current()
  if (!here.values) throw configInvalid(here)
  throw variablesMissing({
    issues: state.issues.map(describeIssue),
    file: `${context.paths.state}/.env`,
  })
}

/** Variables with the keys of models that answer in this shell and would not in the service. */
export const keysLeftBehind = async (context: Instance, env: Env) => {
  const { offlineServices } = await import("./check-services.ts")
  const connected = async (env: Env) => {
    const services = await offlineServices({ ...context, env })
    return services
      .get(Models)
      .status()
      .flatMap(({ status, source, detail }) =>
        status === "ok" && source === "env" ? [detail] : [],
      )
  }
  const there = new Set(await connected(env))
  return (await connected(context.env)).filter((name) => !there.has(name))
}
