import { Settings } from "../config/settings.ts"
import { risk } from "../kernel/risk.ts"
import { logging } from "./config.ts"

export const redactionOff = risk({
  id: "logging.redact_off",
  title: "Secrets are written to the log",
  needs: { logging, settings: Settings },
  detect: ({ logging, settings }) =>
    logging.redactSensitive === "off"
      ? {
          severity: "warn",
          detail: "logging.redactSensitive is off, so keys and tokens land in the log as they are.",
          remediation: "fased config set logging.redactSensitive tools",
          fix: {
            describe: "Set logging.redactSensitive to tools.",
            apply: () => settings.set("logging.redactSensitive", "tools"),
          },
        }
      : null,
})

export const patternsReplaced = risk({
  id: "logging.redact_patterns_replaced",
  title: "Only your own patterns mask secrets in the log",
  needs: { logging },
  detect: ({ logging }) =>
    logging.redactSensitive !== "off" && logging.redactPatterns
      ? {
          severity: "info",
          detail: `logging.redactPatterns holds ${logging.redactPatterns.length} of your own and replaces the built-in ones, which know the tokens of common services.`,
          remediation: "To have the built-in ones back: fased config unset logging.redactPatterns",
        }
      : null,
})
