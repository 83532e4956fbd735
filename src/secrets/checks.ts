import { configValid } from "../config/checks.ts"
import { notFetched } from "../config/faults.ts"
import { Environment } from "../config/paths.ts"
import { parsePath } from "../config/path.ts"
import { Reloader } from "../config/reloader.ts"
import { Sections, Settings } from "../config/settings.ts"
import { check } from "../kernel/check.ts"
import type { Section } from "../kernel/section.ts"
import { describeUnresolved, unresolved } from "./faults.ts"
import { overridden } from "./overridden.ts"

/** Some section waits for its secrets, as before a gateway runs. */
export const isClosed = (settings: Pick<Settings, "section">, sections: readonly Section[]) =>
  sections.some((section) => {
    try {
      settings.section(section)
      return false
    } catch (error) {
      return notFetched.is(error)
    }
  })

type Waiting = Pick<Settings, "section" | "activate">
type Unresolved = ReturnType<typeof unresolved>["data"]
const opening = new WeakMap<Waiting, Promise<Unresolved | null>>()

/** Opens every section whose secrets can be fetched; gives what cannot be. Checks at the same time share one try. */
const open = (settings: Waiting, sections: readonly Section[]): Promise<Unresolved | null> => {
  const opened =
    opening.get(settings) ?? tryToOpen(settings, sections).finally(() => opening.delete(settings))
  opening.set(settings, opened)
  return opened
}

const tryToOpen = async (settings: Waiting, sections: readonly Section[]) => {
  if (!isClosed(settings, sections)) return null // a running gateway has them
  try {
    await settings.activate()
    return null
  } catch (error) {
    if (!unresolved.is(error)) throw error
    const lacking = new Set(error.data.failures.map(({ path }) => parsePath(path)[0]))
    const others = sections.filter(({ id }) => !lacking.has(id))
    if (isClosed(settings, others)) await settings.activate(others)
    return error.data
  }
}

/** The ground for checks of a section: its secrets are there, whatever became of the others'. */
export const fetched = (section: Section) =>
  check({
    id: "secrets.resolvable",
    title: `The secrets under ${section.id} can be fetched`,
    severity: "error",
    after: [configValid],
    needs: { settings: Settings, sections: Sections },
    async detect({ settings, sections }) {
      const found = await open(settings, sections)
      return isClosed(settings, [section]) ? found : null
    },
    explain: () => `Nothing can be said of ${section.id} without its secrets.`,
  })

export const resolvable = check({
  id: "secrets.resolvable",
  title: "Every secret the config refers to can be fetched",
  severity: "error",
  after: [configValid],
  needs: { settings: Settings, sections: Sections },
  detect: ({ settings, sections }) => open(settings, sections),
  explain: ({ failures }) =>
    `The gateway cannot start without these secrets:\n${failures
      .map((failure) => `  - ${describeUnresolved(failure)}`)
      .join("\n")}`,
  next: () => "Mend each of them, then try again with: fased secrets audit",
})

export const upToDate = check({
  id: "secrets.up-to-date",
  title: "The secrets in use are the newest",
  severity: "warn",
  needs: { reloader: Reloader },
  detect: ({ reloader }) => (reloader.state().secrets === "degraded" ? {} : null),
  explain: () => "A secret could not be fetched anew, and the one from before is in use.",
  next: () => "See which and why with: fased secrets reload",
})

export const notShadowed = check({
  id: "secrets.not-shadowed",
  title: "No variable says something else than a reference",
  severity: "warn",
  after: [configValid],
  needs: { settings: Settings, env: Environment },
  detect({ settings, env }) {
    const found = overridden(settings.current().refs, env)
    return found.length ? { found } : null
  },
  explain: ({ found }) =>
    found
      .map(({ path, variable }) => `${variable} is set, but ${path} is a reference, which counts.`)
      .join(" "),
  next: ({ found }) =>
    `Take out of the environment: ${found.map((one) => one.variable).join(", ")}`,
})
