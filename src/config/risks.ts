import { risk } from "../kernel/risk.ts"
import type { Supplied } from "../kernel/service.ts"
import { configInvalid } from "./faults.ts"
import { Paths } from "./paths.ts"
import { Sections, Settings } from "./settings.ts"
import { type Written, writtenIn } from "./written.ts"

const needs = { settings: Settings, sections: Sections, paths: Paths }

export const unreadable = risk({
  id: "config.invalid",
  title: "The config cannot be judged",
  needs: { settings: Settings },
  detect({ settings }) {
    const state = settings.current()
    if (state.values) return null
    const { message, hint } = configInvalid(state)
    return { severity: "critical", detail: message, remediation: hint }
  },
})

const isOn = ({ name, value }: Written) =>
  value === true && /^(?:dangerous|insecure|allow(?:Insecure|Unsafe))/.test(name ?? "")

export const dangerousFlags = risk({
  id: "config.insecure_or_dangerous_flags",
  title: "A safeguard is switched off by name",
  needs,
  detect({ settings, sections }) {
    const on = writtenIn(settings.current().composed ?? {}, sections).filter(isOn)
    if (!on.length) return null
    return {
      severity: "warn",
      detail: `On: ${on.map(({ path }) => path).join(", ")}. Each is meant for getting in again, not for every day.`,
      remediation: on.map(({ path }) => `fased config unset ${path}`).join(" && "),
    }
  },
})

/** `${VAR}` stands for a secret that is kept elsewhere. */
const isPlain = ({ value }: Written) =>
  typeof value === "string" && value.trim() !== "" && !/\$\{[A-Z_][A-Z0-9_]*\}/.test(value)

const password = "gateway.auth.password"
/** fased itself writes the token it makes there; the file is for its owner's eyes only. */
const token = "gateway.auth.token"

const plainSecrets = ({ settings, sections }: Supplied<typeof needs>) =>
  writtenIn(settings.current().composed ?? {}, sections)
    .filter((setting) => setting.secret && isPlain(setting))
    .map(({ path }) => path)

const elsewhere = ({ paths }: Supplied<typeof needs>) =>
  `Put the value in ${paths.state}/.env under a name of your choice, and write \${NAME} in the config.`

export const passwordInConfig = risk({
  id: "config.secrets.gateway_password_in_config",
  title: "The gateway's password stands in the config",
  needs,
  detect: (supplied) =>
    plainSecrets(supplied).includes(password)
      ? {
          severity: "warn",
          detail: `${password} is plain text; whoever sees a copy of the config can sign in.`,
          remediation: elsewhere(supplied),
        }
      : null,
})

export const plainTextSecrets = risk({
  id: "config.secrets.plaintext",
  title: "Keys stand in the config as they are",
  needs,
  detect(supplied) {
    const found = plainSecrets(supplied).filter((path) => path !== password && path !== token)
    return found.length
      ? {
          severity: "warn",
          detail: `Plain text: ${found.join(", ")}. Copies and backups of the config carry them along.`,
          remediation: elsewhere(supplied),
        }
      : null
  },
})
