import { chmodSync, lstatSync } from "node:fs"
import { expandTilde, Paths } from "../config/paths.ts"
import { Sections, Settings } from "../config/settings.ts"
import { risk } from "../kernel/risk.ts"
import { isClosed } from "./checks.ts"
import { secrets } from "./config.ts"
import { findCommand } from "./providers/command.ts"
import { fileProblem } from "./providers/file.ts"

export const notJudged = risk({
  id: "secrets.unresolved",
  title: "Secrets could not be fetched",
  needs: { settings: Settings, sections: Sections },
  detect: ({ settings, sections }) =>
    isClosed(settings, sections)
      ? {
          severity: "warn",
          detail: "The gateway would not start, and settings beside those secrets were not judged.",
          remediation: "See which and why with: fased secrets audit",
        }
      : null,
})

export const fileOpen = risk({
  id: "secrets.provider_file_open",
  title: "A file with secrets is not its owner's alone",
  needs: { secrets, paths: Paths },
  detect({ secrets: { providers }, paths }) {
    const found = Object.values(providers).flatMap((provider) => {
      if (provider.source !== "file") return []
      const path = expandTilde(provider.path, paths.home)
      const stats = lstatSync(path, { throwIfNoEntry: false })
      const problem = stats?.isFile() ? fileProblem(path, stats) : undefined
      return problem ? [{ path, stats: stats!, ...problem }] : []
    })
    if (!found.length) return null
    const ours = found.filter(({ stats }) => stats.uid === process.getuid?.())
    return {
      severity: "critical",
      detail: `${found.map(({ reason }) => reason).join("; ")}. Nothing is read from there as it is.`,
      remediation: found.map(({ next }) => next).join("; "),
      ...(ours.length && {
        fix: {
          describe: ours.map(({ path }) => `chmod 600 ${path}`).join(" && "),
          apply() {
            for (const { path } of ours) chmodSync(path, 0o600)
          },
        },
      }),
    }
  },
})

export const commandOpen = risk({
  id: "secrets.provider_command_untrusted",
  title: "Others could change a command that is asked for secrets",
  needs: { secrets, paths: Paths },
  detect({ secrets: { providers }, paths }) {
    const found = Object.entries(providers).flatMap(([name, provider]) => {
      const command = provider.source === "exec" && findCommand(name, provider, paths)
      return command && "reason" in command ? [command] : []
    })
    return found.length
      ? {
          severity: "warn",
          detail: `${found.map(({ reason }) => reason).join("; ")}. It is not run as it is.`,
          remediation: found.map(({ next }) => next).join("; "),
        }
      : null
  },
})
