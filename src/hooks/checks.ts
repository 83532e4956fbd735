import { agents, listAgents, workspaceOf } from "../agents/config.ts"
import { configValid } from "../config/checks.ts"
import { Environment, Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { plugins } from "../plugins/config.ts"
import { InternalHooks } from "../webhooks/internal.ts"

export const switchedOnRun = check({
  id: "hooks.switched-on-run",
  title: "Hooks that are switched on can run",
  severity: "warn",
  after: [configValid],
  needs: { hooks: InternalHooks, plugins, agents, paths: Paths, env: Environment },
  async detect({ hooks: { enabled, entries, load }, plugins, agents, paths, env }) {
    const wanted = Object.keys(entries).filter((name) => entries[name]!.enabled)
    if (!enabled || !wanted.length) return null
    const { discoverHooks } = await import("./discover.ts")
    const workspaces = listAgents(agents).map((agent) => workspaceOf(agent, agents, paths))
    const { hooks } = await discoverHooks({ paths, env, load, plugins, workspaces })
    const idle = wanted.flatMap((name) => {
      const hook = hooks.find((one) => one.name === name)
      if (hook && !hook.missing.length) return []
      return { name, why: hook ? `it needs ${hook.missing.join(", ")}` : "there is none" }
    })
    return idle.length ? { idle } : null
  },
  explain: ({ idle }) =>
    idle.map(({ name, why }) => `The hook ${name} is switched on, but ${why}.`).join(" "),
  next: ({ idle: [first] }) =>
    `See what is wrong with: fased hooks check. Or switch it off: fased config unset hooks.internal.entries.${first!.name}`,
})
