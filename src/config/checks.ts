import { chmodSync, statSync } from "node:fs"
import { join } from "node:path"
import { check } from "../kernel/check.ts"
import { describeIssue } from "./faults.ts"
import { Paths } from "./paths.ts"
import { type Issue, Settings } from "./settings.ts"

export const configValid = check({
  id: "config.valid",
  title: "The config file can be used",
  severity: "error",
  needs: { settings: Settings },
  async detect({ settings }): Promise<{ path: string; issues: Issue[] } | null> {
    const { path, issues } = await settings.read()
    return issues.length ? { path, issues } : null
  },
  explain: ({ path, issues }) =>
    `The config file ${path} is not valid:\n${issues.map((issue) => `  - ${describeIssue(issue)}`).join("\n")}`,
  next: ({ issues: [first] }) =>
    first?.path && first.message.startsWith("is not a setting")
      ? `Correct the name in the file, or drop it with: fased config unset ${quoted(first.path)}`
      : "Correct the file in a text editor, then check it with: fased config validate",
})

const quoted = (path: string) => (/^[\w.-]+$/.test(path) ? path : `'${path}'`)

/** Files that may hold secrets, and the folder around them. */
export const configPrivate = check({
  id: "config.private",
  title: "Only you can read the config and the state folder",
  severity: "error",
  needs: { paths: Paths },
  detect({ paths }): { path: string; mode: number; wanted: number }[] | null {
    if (process.platform === "win32") return null
    const files = [paths.config, `${paths.config}.bak`, join(paths.state, ".env"), paths.database]
    const open = [
      { path: paths.state, wanted: 0o700 },
      ...files.map((path) => ({ path, wanted: 0o600 })),
    ].flatMap(({ path, wanted }) => {
      const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777
      return mode & 0o077 ? [{ path, mode, wanted }] : []
    })
    return open.length ? open : null
  },
  explain: (found) =>
    `Other users of this machine can get at secrets: ${found
      .map(({ path, mode }) => `${path} (mode ${mode.toString(8)})`)
      .join(", ")}.`,
  fix: {
    describe: (found) =>
      found.map(({ path, wanted }) => `chmod ${wanted.toString(8)} ${path}`).join(", "),
    apply(found) {
      for (const { path, wanted } of found) chmodSync(path, wanted)
    },
  },
})
