import * as z from "zod"
import type { Env } from "../config/paths.ts"
import { isTree, type Tree } from "../config/path.ts"
import type { AnyChannel } from "../kernel/network.ts"
import { type AccountSettings, accountShape } from "./account.ts"
import { soleAccount } from "./accounts.ts"
import type { ChannelBlock } from "./config.ts"

/** Ids of its accounts. A channel that is set up without any has the one named `default`. */
export const accountIds = (block: ChannelBlock | undefined): readonly string[] => {
  const ids = Object.keys(block?.accounts ?? {}).sort()
  return ids.length ? ids : [soleAccount]
}

/** The account that stands where none is named. */
export const defaultAccount = (block: ChannelBlock | undefined): string => {
  const ids = accountIds(block)
  const named = block?.defaultAccount
  if (named !== undefined && ids.includes(named)) return named
  return ids.includes(soleAccount) ? soleAccount : ids[0]!
}

/** What stands in the file for one account: its own settings, over those of the channel. */
const inherited = (block: ChannelBlock, id: string): Tree => {
  const { accounts, defaultAccount: _, ...base } = block
  const own = accounts?.[id]
  const merged = own ? over(base, own) : base
  return { ...merged, enabled: base.enabled !== false && own?.enabled !== false }
}

/** Groups of settings are joined; lists, rooms and everything else by name are replaced as a whole. */
const over = (base: Tree, own: Tree): Tree =>
  Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(own)])].map((key) => {
      const [under, above] = [base[key], own[key]]
      if (above === undefined) return [key, under]
      return [key, joined.has(key) && isTree(under) && isTree(above) ? over(under, above) : above]
    }),
  )
/** What is by name (`groups`, `guilds`, `dms`) is somebody's list, and a list is never made longer. */
const joined: ReadonlySet<string> = new Set([
  "actions",
  "blockStreamingCoalesce",
  "capabilities",
  "commands",
  "dm",
  "heartbeat",
  "markdown",
  "network",
  "replyToModeByChatType",
  "retry",
])

const schemas = new WeakMap<AnyChannel, z.ZodObject>()
/** The whole shape of an account of this network, its own settings and those every network has. */
export const accountSchema = (channel: AnyChannel): z.ZodObject => {
  let schema = schemas.get(channel)
  if (!schema) {
    const common = withDefaults(accountShape(), channel.defaults ?? {})
    const { def } = channel.settings()
    schema = z.core.clone(channel.settings(), {
      ...def,
      shape: { ...common, ...def.shape },
    }) as z.ZodObject
    schemas.set(channel, schema)
  }
  return schema
}

const withDefaults = (shape: Record<string, z.ZodType>, defaults: Tree) => ({
  ...shape,
  ...Object.fromEntries(
    Object.entries(defaults).flatMap(([key, value]) =>
      shape[key] ? [[key, shape[key].default(value as never)]] : [],
    ),
  ),
})

interface Problem {
  path: readonly PropertyKey[]
  message: string
}

/** What is wrong with an account as a whole, by the place in its channel where it is set. */
export const accountProblems = (
  channel: AnyChannel,
  block: ChannelBlock,
  id: string,
): readonly Problem[] => {
  const account = inherited(block, id)
  const parsed = accountSchema(channel).safeParse(account)
  // Single settings were judged where they stand; what is left is what does not go together.
  const problems: readonly Problem[] = parsed.success
    ? [...policyProblems(parsed.data), ...(channel.check?.(parsed.data) ?? [])]
    : parsed.error.issues.filter(({ code }) => code === "custom")
  const own = block.accounts?.[id]
  const isOwn = ({ path }: Problem) => own && (path[0] === undefined || path[0] in own)
  return problems.map((problem) => ({
    path: isOwn(problem) ? ["accounts", id, ...problem.path] : problem.path,
    message: problem.message,
  }))
}

const policyProblems = (account: Record<string, unknown>): Problem[] => {
  const { dmPolicy, allowFrom } = account as AccountSettings
  if (dmPolicy === "allowlist" && !allowFrom.length)
    return [
      {
        path: ["allowFrom"],
        message: 'must name somebody where dmPolicy is "allowlist"; for nobody, say "disabled"',
      },
    ]
  if (dmPolicy === "open" && !allowFrom.includes("*"))
    return [{ path: ["allowFrom"], message: 'must hold "*" where dmPolicy is "open"' }]
  return []
}

/** An account with all it inherits, and what the environment and its token file add. */
export interface ResolvedAccount {
  channel: string
  account: string
  /** It is the one that stands where none is named. */
  isDefault: boolean
  /** Nothing in the config names its channel: it is there by its environment variables alone. */
  fromEnvironment: boolean
  settings: AccountSettings & Record<string, unknown>
}

/** Every account of a channel; none when neither config nor environment has anything of it. */
export const resolveAccounts = (
  channel: AnyChannel,
  block: ChannelBlock | undefined,
  env: Env,
): readonly ResolvedAccount[] => {
  const standIns = fromEnvironment(channel, env)
  if (!block && !Object.keys(standIns).length) return []
  const main = defaultAccount(block)
  return accountIds(block).map((account) => {
    const written = inherited(block ?? {}, account)
    const isDefault = account === main
    const filled = isDefault ? { ...withoutFiled(standIns, written), ...written } : written
    const closed = block ? filled : { ...filled, groupPolicy: "allowlist" }
    const settings = accountSchema(channel).parse(closed) as ResolvedAccount["settings"]
    return { channel: channel.id, account, isDefault, fromEnvironment: !block, settings }
  })
}

/** A setting that is in a file already (`botToken`: `tokenFile`) needs no stand-in. */
const withoutFiled = (standIns: Tree, written: Tree): Tree =>
  written.tokenFile === undefined ? standIns : {}

const fromEnvironment = ({ variables = {} }: AnyChannel, env: Env): Tree =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([variable, setting]) => {
      const value = env[variable]?.trim()
      return value ? [[setting, value]] : [] // a blank one stands for nothing
    }),
  )
