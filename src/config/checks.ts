import { chmodSync, existsSync, lstatSync } from "node:fs"
import { check } from "../kernel/check.ts"
import { openTo, type OpenPath, privatePlaces } from "../store/private-places.ts"
import { loadEnv } from "./env.ts"
import { describeIssue } from "./faults.ts"
import { duplicatesIn } from "./duplicates.ts"
import { realFile } from "./lock.ts"
import { Paths } from "./paths.ts"
import { type Issue, Sections, Settings } from "./settings.ts"
import { configWrites, previewChange } from "./touched.ts"
import { mendConfig, planMending } from "./upgrade.ts"

export const configValid = check({
  id: "config.valid",
  title: "The config file can be used",
  severity: "error",
  needs: { settings: Settings, sections: Sections, paths: Paths },
  async detect({ settings }): Promise<{ path: string; issues: Issue[] } | null> {
    const { path, issues } = await settings.read()
    return issues.length ? { path, issues } : null
  },
  explain: ({ path, issues }) =>
    `The config file ${path} is not valid:\n${issues.map((issue) => `  - ${describeIssue(issue)}`).join("\n")}`,
  next: ({ issues: [first] }) =>
    first?.kind === "denied"
      ? "Give the file to the user fased runs as; nothing in it has to change"
      : first?.kind === "unknown" && !first.file
        ? `Correct the name in the file, or drop it with: fased config unset ${quoted(first.path)}`
        : first?.kind
          ? "Rewrite it in a text editor, or let fased do it: fased doctor --fix"
          : "Correct the file in a text editor, then check it with: fased config validate",
  fix: {
    describe({ issues }) {
      const ours = issues.filter(({ file }) => file === undefined)
      const pathsOf = (wanted: Issue["kind"]) =>
        ours.filter(({ kind }) => kind === wanted).map(({ path }) => path)
      const [old, dropped] = [pathsOf("legacy"), pathsOf("unknown")]
      const work = [
        ...(old.length
          ? [
              `rewrite ${old.join(", ")} as it is written today, or remove it where fased has no place for it`,
            ]
          : []),
        ...(dropped.length ? [`remove ${dropped.join(", ")}, which fased does not know`] : []),
      ]
      return work.length
        ? `In the config, ${work.join("; ")}. The file as it was stays beside it as .bak.`
        : undefined
    },
    migration: true,
    touches: (_, { paths }) => configWrites(paths),
    preview: async (_, services) => previewChange(await planMending(services.settings), services),
    apply: (_, { settings }) => mendConfig(settings),
  },
})

const quoted = (path: string) => (/^[\w.-]+$/.test(path) ? path : `'${path}'`)

/** A link into the empty reads like no config at all, and every setting has its default then. */
export const linkLeads = check({
  id: "config.link",
  title: "The config file is where its link leads",
  severity: "error",
  needs: { paths: Paths },
  detect: ({ paths: { config } }) =>
    isLink(config) && !existsSync(config) ? { config, target: realFile(config) } : null,
  explain: ({ config, target }) =>
    `The config ${config} is a link to ${target}, which is not there; fased goes by its defaults.`,
  next: ({ config, target }) =>
    `Put ${target} back (is its disk mounted?), or begin anew: rm ${config}, then: fased onboard`,
})

const isLink = (path: string) => {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false // nothing there
  }
}

export const namesOnce = check({
  id: "config.names-once",
  title: "No setting stands twice in the config",
  severity: "warn",
  after: [configValid],
  needs: { settings: Settings },
  async detect({ settings }) {
    const state = await settings.read()
    const paths = state.exists ? await duplicatesIn(state) : []
    return paths.length ? { file: state.path, paths } : null
  },
  explain: ({ file, paths }) =>
    `In ${file}, ${paths.join(", ")} ${paths.length === 1 ? "stands" : "stand"} there more than once; only the last counts.`,
  next: () => "Take out what you do not mean, in a text editor; until then fased cannot edit it.",
})

/** What was meant for the environment and did not get there. */
export const environmentWhole = check({
  id: "config.environment",
  title: "Every variable of the .env file and the login shell is there",
  severity: "warn",
  needs: { paths: Paths, settings: Settings },
  async detect({ paths, settings }): Promise<string[] | null> {
    const { file, refused, problem } = loadEnv({}, paths)
    const { warnings } = await settings.read()
    const lost = [
      ...(problem ? [`${file} cannot be read: ${problem}`] : []),
      ...refused.map(
        (name) => `${name} in ${file} is left out: it steers fased, or how programs run`,
      ),
      ...warnings.map(describeIssue),
    ]
    return lost.length ? lost : null
  },
  explain: (lost) =>
    `Not all of the environment is as meant:${lost.map((one) => `\n  - ${one}`).join("")}`,
  next: () => "Set such variables where fased is started, and take them out of the file.",
})

/** Files that may hold secrets, and the folder around them. */
export const configPrivate = check({
  id: "config.private",
  title: "Only you can read the config and the state folder",
  severity: "error",
  needs: { paths: Paths, settings: Settings },
  async detect({ paths, settings }): Promise<OpenPath[] | null> {
    const { files } = await settings.read()
    const { state_dir, config, env, database } = privatePlaces(paths, files)
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
    migration: true,
    touches: (found) => found.map(({ path }) => path),
    apply(found) {
      for (const { path, wanted } of found) chmodSync(path, wanted)
    },
  },
})
