import { chmodSync } from "node:fs"
import { check } from "../kernel/check.ts"
import { openTo, type OpenPath, privatePlaces } from "../store/private-places.ts"
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
  detect({ paths }): OpenPath[] | null {
    const { state_dir, config, env, database } = privatePlaces(paths)
    const open = openTo([...state_dir, ...config, ...env, ...database])
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
