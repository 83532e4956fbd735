import type { Section } from "../kernel/section.ts"
import { shellWish, variablesIn } from "./env-block.ts"
import type { AskShell } from "./login-shell.ts"
import type { Env } from "./paths.ts"
import { isTree, type Tree } from "./path.ts"
import { substitute, variablesUsed } from "./substitute.ts"
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
  const { value: block, issues } =
    composed.env === undefined
      ? { value: {}, issues: [] }
      : substitute({ env: composed.env }, env, () => false)
  const given = extended(env, variablesIn(block.env))
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
