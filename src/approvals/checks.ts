import { existsSync } from "node:fs"
import { join } from "node:path"
import { configValid } from "../config/checks.ts"
import { Paths } from "../config/paths.ts"
import { check } from "../kernel/check.ts"
import { ExecSettings } from "../tools/exec-settings.ts"
import { patternProblem } from "./allowlist.ts"
import { Policies } from "./policy-store.ts"
import { withoutProfile } from "./safe-bins.ts"

export const patternsCount = check({
  id: "approvals.patterns-count",
  title: "Every pattern on an allowlist can allow something",
  severity: "warn",
  needs: { policies: Policies, paths: Paths },
  async detect({ policies, paths }) {
    const { agents } = await policies.read()
    const ignored = Object.entries(agents).flatMap(([agent, { allowlist }]) =>
      allowlist.flatMap(({ pattern }) => {
        const problem = patternProblem(pattern, paths.home)
        return problem ? [{ agent, pattern, problem }] : []
      }),
    )
    return ignored.length ? { ignored } : null
  },
  explain: ({ ignored }) =>
    `These patterns allow nothing: ${ignored.map(({ agent, pattern, problem }) => `"${pattern}" of ${agent} ${problem}`).join("; ")}.`,
  next: ({ ignored: [first] }) =>
    `Write the program's whole path instead: fased approvals allowlist remove '${first!.pattern.replaceAll("'", "'\\''")}' --agent ${first!.agent}`,
})

export const patternsNarrow = check({
  id: "approvals.patterns-narrow",
  title: "No pattern allows whatever somebody may put there",
  severity: "warn",
  needs: { policies: Policies },
  async detect({ policies }) {
    const { agents } = await policies.read()
    const wide = Object.entries(agents).flatMap(([agent, { allowlist }]) =>
      allowlist
        .filter(({ pattern }) => /^~?\/?\**\/?\*/.test(pattern))
        .map(({ pattern }) => ({ agent, pattern })),
    )
    return wide.length ? { wide } : null
  },
  explain: ({ wide }) =>
    `These patterns allow programs from nearly everywhere, also from where agents write: ${wide.map(({ agent, pattern }) => `${pattern} of ${agent}`).join(", ")}.`,
  next: ({ wide: [first] }) =>
    `Name the programs you mean, then: fased approvals allowlist remove '${first!.pattern}' --agent ${first!.agent}`,
})

export const fileTakenOver = check({
  id: "approvals.file-taken-over",
  title: "No exec-approvals.json lies here that nothing reads",
  severity: "warn",
  needs: { paths: Paths },
  detect({ paths }) {
    const file = join(paths.state, "exec-approvals.json")
    return existsSync(file) ? { file } : null
  },
  explain: ({ file }) =>
    `${file} is of an older gateway. This one keeps what agents may run in its database, so the file counts for nothing.`,
  next: ({ file }) => `Take it over, then delete it: fased approvals set --file ${file}`,
})

export const safeBinsKnown = check({
  id: "approvals.safe-bins-known",
  title: "What may be given to each of tools.exec.safeBins is known",
  severity: "warn",
  after: [configValid],
  needs: { settings: ExecSettings },
  detect({ settings }) {
    const unknown = withoutProfile(settings("main"))
    return unknown.length ? { unknown } : null
  },
  explain: ({ unknown }) =>
    `Nothing says which options of ${unknown.join(", ")} are harmless, so being on tools.exec.safeBins allows nothing.`,
  next: ({ unknown: [first] }) =>
    `Say so under tools.exec.safeBinProfiles.${first}, or allow the program itself: fased approvals allowlist add <path>`,
})
