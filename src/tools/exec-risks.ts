import { Paths } from "../config/paths.ts"
import { risk } from "../kernel/risk.ts"
import { tools } from "./config.ts"

export const runsAnything = risk({
  id: "tools.exec.security_full",
  title: "Agents run any command on this machine",
  needs: { tools },
  detect({ tools: { exec } }) {
    if (exec.security !== "full" || exec.ask === "always") return null
    return {
      severity: "critical",
      detail:
        "tools.exec.security is full and nobody is asked: whoever talks an agent into it runs commands as you.",
      remediation: "fased config set tools.exec.security allowlist",
    }
  },
})

export const trustsOpenFolder = risk({
  id: "tools.exec.safe_bin_folder_open",
  title: "Programs that run unasked come from a folder that agents may write to",
  needs: { tools, paths: Paths },
  detect({ tools, paths }) {
    const open = tools.exec.safeBinTrustedDirs.filter((folder) =>
      [paths.home, "/tmp", "/var/tmp", "/dev/shm"].some((root) =>
        `${folder}/`.startsWith(`${root}/`),
      ),
    )
    if (!open.length) return null
    return {
      severity: "warn",
      detail: `tools.exec.safeBinTrustedDirs names ${open.join(", ")}: whatever is put there under the name of a safe program runs without a question.`,
      remediation: "Take it out of tools.exec.safeBinTrustedDirs.",
    }
  },
})

export const elevatedForAnyone = risk({
  id: "tools.elevated.allow_from_wildcard",
  title: "Anyone on a channel may take commands out of the sandbox",
  needs: { tools },
  detect({ tools }) {
    const { enabled, allowFrom } = tools.elevated
    const open = Object.keys(allowFrom).filter((channel) => allowFrom[channel]!.includes("*"))
    if (!enabled || !open.length) return null
    return {
      severity: "critical",
      detail: `tools.elevated.allowFrom lets every sender on ${open.join(", ")}: what they talk an elevated agent into runs on this machine.`,
      remediation: "Name the senders instead of *.",
    }
  },
})
