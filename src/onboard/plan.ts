import type { Edit } from "../config/edit.ts"
import { isTree, type Path, type Tree, valueAt } from "../config/path.ts"
import { formatRef } from "../models/ref.ts"
import { ownProvider, ownRef } from "../secrets/own-store.ts"
import type { Answers, GatewayAnswers, KeyAnswer, ModelAnswer } from "./answers.ts"

/** What the answers are weighed against. */
export interface Ground {
  /** The config as it is, included files and all. */
  composed: Tree
  /** The state folder, where fased's own file of secrets is. */
  state: string
  /** A secret in the environment guards the gateway already. */
  guarded: boolean
  newToken(): string
}

/** The changes that make a config say what was answered; what it says already is left alone. */
export const planChanges = (answers: Answers, ground: Ground): Edit[] => {
  const { mode, workspace, model, gateway, remote } = answers
  const wanted: Edit[] = []
  const set = (path: Path, value: unknown) => void wanted.push({ path, value })

  if (mode) set(["gateway", "mode"], mode)
  if (remote) {
    set(["gateway", "remote", "url"], remote.url)
    if (remote.token) set(["gateway", "remote", "token"], remote.token)
  }
  if (workspace) set(["agents", "defaults", "workspace"], workspace)
  if (gateway) wanted.push(...gatewayChanges(gateway))
  if (mode === "local") wanted.push(...authChanges(gateway ?? {}, ground))
  if (model) wanted.push(...modelChanges(model, ground))
  return wanted.filter(({ path, value }) => !saysAlready(ground.composed, path, value))
}

/** Settings that need not be written while they are what an empty config means. */
const defaults: readonly (readonly [path: string, value: unknown])[] = [
  ["gateway.bind", "loopback"],
  ["gateway.tailscale.mode", "off"],
]

const saysAlready = (config: Tree, path: Path, value: unknown) => {
  const now = valueAt(config, path)
  if (now !== undefined) return Bun.deepEquals(now, value)
  return defaults.some(([name, usual]) => name === path.join(".") && usual === value)
}

const gatewayChanges = ({ port, bind, tailscale, origins }: GatewayAnswers): Edit[] => [
  ...(port === undefined ? [] : [{ path: ["gateway", "port"], value: port }]),
  ...(bind ? [{ path: ["gateway", "bind"], value: bind }] : []),
  ...(tailscale ? [{ path: ["gateway", "tailscale", "mode"], value: tailscale }] : []),
  ...(origins?.length
    ? [{ path: ["gateway", "controlUi", "allowedOrigins"], value: [...origins] }]
    : []),
]

/** A gateway that nothing guards gets a long random token; one that is guarded keeps its secret. */
const authChanges = (
  { auth, token, password }: GatewayAnswers,
  { composed, guarded, newToken }: Ground,
): Edit[] => {
  const at = (name: string) => valueAt(composed, ["gateway", "auth", name])
  const mode = auth ?? (token ? "token" : password ? "password" : undefined)
  const changes: Edit[] = mode ? [{ path: ["gateway", "auth", "mode"], value: mode }] : []
  if (token) changes.push({ path: ["gateway", "auth", "token"], value: token })
  if (password) changes.push({ path: ["gateway", "auth", "password"], value: password })
  const byToken =
    (mode ?? at("mode") ?? (at("password") === undefined ? "token" : "password")) === "token"
  if (byToken && !token && at("token") === undefined && !guarded) {
    if (!mode && at("mode") === undefined)
      changes.push({ path: ["gateway", "auth", "mode"], value: "token" })
    changes.push({ path: ["gateway", "auth", "token"], value: newToken() })
  }
  return changes
}

const modelChanges = (answer: ModelAnswer, ground: Ground): Edit[] => {
  const { provider, model, settings = {}, key } = answer
  const home = ["models", "providers", provider]
  const chosen = ["agents", "defaults", "model"]
  const hasFallbacks = isTree(valueAt(ground.composed, chosen))
  return [
    ...Object.entries(settings).map(([name, value]) => ({ path: [...home, name], value })),
    ...keyChanges(key, keyPath(provider), ground),
    { path: hasFallbacks ? [...chosen, "primary"] : chosen, value: formatRef({ provider, model }) },
  ]
}

const keyChanges = (key: KeyAnswer | undefined, path: Path, ground: Ground): Edit[] => {
  if (!key || key.keep === "as-is") return []
  if (key.keep === "config") return [{ path, value: key.value }]
  if (key.keep === "env") return [{ path, value: { source: "env", id: key.variable } }]
  const providers = Object.entries(ownProvider(ground, ground.state))
  return [
    ...providers.map(([name, value]) => ({ path: ["secrets", "providers", name], value })),
    { path, value: ownRef(path, ground) },
  ]
}

/** The setting that holds a provider's key. */
export const keyPath = (provider: string): Path => ["models", "providers", provider, "apiKey"]

/** The setup's own note, made only when it changed something or never ran here. */
export const noteChanges = (
  changes: readonly Edit[],
  composed: Tree,
  note: { at: string; version: string; command: string; mode: "local" | "remote" },
): Edit[] => {
  if (!changes.length && valueAt(composed, ["wizard"]) !== undefined) return []
  return [
    { path: ["wizard", "lastRunAt"], value: note.at },
    { path: ["wizard", "lastRunVersion"], value: note.version },
    { path: ["wizard", "lastRunCommand"], value: note.command },
    { path: ["wizard", "lastRunMode"], value: note.mode },
  ]
}
