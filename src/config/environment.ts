import type { Section } from "../kernel/section.ts"
import { controls } from "./control-variables.ts"
import type { AskShell } from "./login-shell.ts"
import type { Env } from "./paths.ts"
import { isTree, type Tree } from "./path.ts"
import { isVariableName, substitute, variablesUsed } from "./substitute.ts"
import type { Issue } from "./settings.ts"

interface Around {
  env: Env
  /** The `env` block with its `${VAR}` replaced; nothing when the config has none. */
  block: Tree
  issues: Issue[]
  warnings: Issue[]
}

/**
 * The environment that a config is read with: what is set, then what its `env` block gives, then
 * what the login shell knows of the rest. Nothing that is set is overridden (contract 01 §8).
 */
export const environmentFor = async (
  composed: Tree,
  { env, sections, askShell }: { env: Env; sections: readonly Section[]; askShell?: AskShell },
): Promise<Around> => {
  const { block, issues, env: given } = withBlock(composed, env)
  const wish = shellWish(composed.env, env)
  const missing = wish.enabled
    ? expected(composed, sections).filter((name) => given[name] === undefined)
    : []
  if (!missing.length || !askShell) return { block, issues, env: given, warnings: [] }
  const { variables, problem } = await askShell(missing, wish.timeoutMs)
  return {
    block,
    issues,
    env: extended(given, variables),
    warnings: problem ? [{ path: "env.shellEnv", message: problem }] : [],
  }
}

/** What is set, and what the `env` block gives of the rest. */
export const withBlock = (composed: Tree, env: Env) => {
  if (composed.env === undefined) return { block: {}, issues: [], env }
  const { value: block, issues } = substitute({ env: composed.env }, env, () => false)
  return { block, issues, env: extended(env, variablesIn(block.env)) }
}

/** `env` with these added; the same object when there are none. */
export const extended = (env: Env, variables: Readonly<Record<string, string>>): Env => {
  const added = Object.entries(variables).filter(([name]) => env[name] === undefined)
  if (!added.length) return env
  return Object.assign(
    Object.create(null) as Record<string, string>,
    env,
    Object.fromEntries(added),
  )
}

/** The variables that a config's `env` block gives, as far as they can be used. */
export const variablesIn = (block: unknown): Readonly<Record<string, string>> => {
  if (!isTree(block)) return {}
  const { vars, shellEnv: _, ...named } = block
  const given = { ...named, ...(isTree(vars) && vars) }
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === "string" && isVariableName(entry[0]) && !controls(entry[0]),
    ),
  )
}

/** How the login shell is to be asked, if at all; the environment may say so as well. */
const shellWish = (block: unknown, around: Env) => {
  const said = isTree(block) && isTree(block.shellEnv) ? block.shellEnv : {}
  const timeoutMs = Number(around.FASED_SHELL_ENV_TIMEOUT_MS || said.timeoutMs || 15_000)
  return {
    enabled: said.enabled === true || around.FASED_LOAD_SHELL_ENV === "1",
    timeoutMs: Number.isFinite(timeoutMs) ? Math.min(Math.max(timeoutMs, 100), 60_000) : 15_000,
  }
}

/** What the config refers to, and what the sections read by themselves. */
const expected = (composed: Tree, sections: readonly Section[]) => [
  ...new Set([
    ...variablesUsed(composed),
    ...envRefs(composed),
    ...sections.flatMap(({ variables }) => variables ?? []),
  ]),
]

const envRefs = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return []
  if (isTree(value) && value.source === "env" && typeof value.id === "string") return [value.id]
  return Object.values(value).flatMap(envRefs)
}

/** One environment for everyone, whose content follows the config in force. */
export const createLiveEnv = (): { env: Env; follow: (env: Env) => void } => {
  const live = Object.create(null) as Record<string, string | undefined>
  return {
    env: live,
    follow(env) {
      for (const name of Object.keys(live)) if (!(name in env)) delete live[name]
      Object.assign(live, env)
    },
  }
}
