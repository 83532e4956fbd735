import { configValid } from "../config/checks.ts"
import { notFetched } from "../config/faults.ts"
import { Environment } from "../config/paths.ts"
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

/** Also the ground for checks of sections with secrets: after it they are open. */
export const resolvable = check({
  id: "secrets.resolvable",
  title: "Every secret the config refers to can be fetched",
  severity: "error",
  after: [configValid],
  needs: { settings: Settings, sections: Sections },
  async detect({ settings, sections }) {
    if (!isClosed(settings, sections)) return null // a running gateway has them
    try {
      await settings.activate()
      return null
    } catch (error) {
      if (unresolved.is(error)) return error.data
      throw error
    }
  },
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
